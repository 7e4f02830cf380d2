#include "ops/fused_activation.h"

#include "ops/dispatch.h"

namespace rondo::ops {
namespace {

constexpr const char* kName = "fused_activation";
constexpr const char* kParameters = "fused_parameters";  // alpha and beta, 0 where the function has none

}  // namespace

std::optional<Activation> elementwise_activation(const Node& node) {
  const ActivationDef* def = node.op->domain.empty() ? find_activation(node.op->name) : nullptr;
  if (def == nullptr || def->kind == ActivationKind::thresholded_relu) return std::nullopt;
  const auto parameter = [&](const char* name, bool used) {
    return used ? static_cast<double>(std::get<float>(*find_attribute(node.attributes, name))) : 0.0;
  };
  return Activation{def->kind, parameter("alpha", def->alpha.has_value()), parameter("beta", def->beta.has_value())};
}

std::vector<AttrDef> with_fused_activation(std::vector<AttrDef> attributes) {
  attributes.push_back(internal_attr(kName, AttrKind::text));
  attributes.push_back(internal_attr(kParameters, AttrKind::reals));
  return attributes;
}

Attributes fused(Attributes attributes, const Activation& function) {
  attributes.push_back({kName, std::string(def_of(function.kind).name)});
  attributes.push_back(
      {kParameters, std::vector<float>{static_cast<float>(function.alpha), static_cast<float>(function.beta)}});
  return attributes;
}

std::optional<Activation> fused_activation(const Attributes& attributes) {
  const AttrValue* name = find_attribute(attributes, kName);
  if (name == nullptr) return std::nullopt;
  const auto& parameters = std::get<std::vector<float>>(*find_attribute(attributes, kParameters));
  return Activation{find_activation(std::get<std::string>(*name))->kind, static_cast<double>(parameters[0]),
                    static_cast<double>(parameters[1])};
}

void apply_fused_activation(const EvalContext& ctx) {
  const auto function = fused_activation(ctx.node.attributes);
  if (!function) return;
  with_float(ctx.outputs[0].dtype, [&]<class T>(TypeTag<T>) {
    T* y = ctx.outputs[0].as<T>();
    for (std::int64_t i = 0; i < ctx.outputs[0].count(); ++i) y[i] = apply(*function, y[i]);
  });
}

}  // namespace rondo::ops
