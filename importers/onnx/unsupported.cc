#include "importers/onnx/unsupported.h"

#include <fmt/format.h>

#include <optional>
#include <unordered_set>

#include "importers/onnx/node_order.h"
#include "importers/onnx/op_table.h"

namespace rondo::importer {
namespace {

struct Pending {
  const NodeList* nodes;
  const Opsets* opsets;
  const std::string* graph;
};

class Finder {
 public:
  Finder(const FunctionLibrary& functions, OpLookup lookup) : functions_(functions), lookup_(lookup) {}

  void run(Pending start) {
    pending_.push_back(start);
    while (!pending_.empty()) {
      const Pending next = pending_.back();
      pending_.pop_back();
      for (int i = 0; i < next.nodes->size(); ++i) look(next, i);
    }
    if (error_) throw Error(*error_);
  }

 private:
  void look(const Pending& in, int index) {
    const onnx::NodeProto& node = (*in.nodes)[index];
    for (const auto& attribute : node.attribute())
      if (attribute.has_g()) pending_.push_back({&attribute.g().node(), in.opsets, &attribute.g().name()});
    if (const Function* f = functions_.called_by(node)) {
      if (visited_.insert(f).second) pending_.push_back({&f->proto->node(), &f->opsets, &f->proto->name()});
      return;
    }
    const std::string fault = fault_of(node, *in.opsets);
    if (fault.empty() || !listed_.insert(fault).second) return;
    if (error_) {
      error_->also(fault);
    } else {
      error_ = Error(ErrorCode::unsupported, fault)
                   .at_node(node.name(), node.op_type(), index, *in.graph)
                   .fix("export the model with operators that Rondo has");
    }
  }

  std::string fault_of(const onnx::NodeProto& node, const Opsets& opsets) const {
    const std::string domain = canonical_domain(node.domain());
    const std::string shown = domain.empty() ? node.op_type() : domain + "." + node.op_type();
    const auto version = opsets.version_of(domain);
    if (!version) return fmt::format("operator {} is of a domain that the model does not import", shown);
    const OpRow* row = find_row(domain, node.op_type());
    const bool constant = row != nullptr && row->name == "Constant" && domain.empty();
    if (row == nullptr || (!constant && lookup_(domain, row->ir_name()) == nullptr))
      return fmt::format("operator {} is not supported", shown);
    if (*version < row->since)
      return fmt::format("operator {} is read from opset {} on, but the model is of opset {}", shown, row->since,
                         *version);
    return "";
  }

  const FunctionLibrary& functions_;
  OpLookup lookup_;
  std::vector<Pending> pending_;
  std::unordered_set<const Function*> visited_;
  std::unordered_set<std::string> listed_;
  std::optional<Error> error_;
};

}  // namespace

void reject_unsupported(const onnx::ModelProto& model, const Opsets& opsets, const FunctionLibrary& functions,
                        OpLookup lookup) {
  Finder(functions, lookup).run({&model.graph().node(), &opsets, &model.graph().name()});
}

}  // namespace rondo::importer
