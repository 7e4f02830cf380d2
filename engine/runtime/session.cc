#include "rondo/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/options.h"
#include "runtime/session_state.h"

namespace rondo {
namespace {

TensorInfo info_of(const Value& value) {
  TensorInfo info{value.name, value.type.dtype, std::nullopt};
  if (!value.type.ranked()) return info;
  info.shape.emplace();
  for (const Dim& d : *value.type.shape) info.shape->push_back({d.value, d.symbol});
  return info;
}

std::vector<TensorInfo> infos_of(const Graph& g, const std::vector<ValueId>& ids) {
  std::vector<TensorInfo> infos;
  for (ValueId id : ids) infos.push_back(info_of(g.value(id)));
  return infos;
}

ModelInfo info_of(const ImportedModel& model, const std::string& file) {
  ModelInfo info;
  info.file = file;
  info.ir_version = model.ir_version;
  for (const OpsetImport& opset : model.opsets) info.opsets[opset.domain] = opset.version;
  info.producer_name = model.producer_name;
  info.producer_version = model.producer_version;
  info.domain = model.domain;
  info.doc_string = model.doc_string;
  info.graph_name = model.graph.name;
  info.model_version = model.model_version;
  info.metadata.insert(model.metadata.begin(), model.metadata.end());
  info.file_bytes = model.bytes->size();
  info.unknown_fields = model.unknown_fields;
  info.warnings = model.warnings;
  return info;
}

std::string shape_text(const TensorView& v) { return std::string(name_of(v.dtype)) + to_string(v.shape); }

}  // namespace

std::string to_string(const TensorInfo& info) {
  TensorType type{info.dtype, std::nullopt};
  if (info.shape) {
    type.shape.emplace();
    for (const DimInfo& d : *info.shape) type.shape->push_back(d.known() ? Dim(d.value) : Dim(d.symbol));
  }
  return to_string(type);
}

Session::State::State(ImportedModel model, const std::string& file, const SessionOptions& o)
    : imported(std::move(model)),
      inputs(infos_of(imported.graph, imported.graph.inputs)),
      outputs(infos_of(imported.graph, imported.graph.outputs)),
      info(info_of(imported, file)),
      options(o),
      pool(lowering_options(o).threads),
      compiled_(imported.graph, o, pool, file),
      environment(compiled_.environment),
      program(compiled_.program) {
  if (options.warn && pool.size() < lowering_options(o).threads)
    options.warn("the system allows no more than " + std::to_string(pool.size()) + " threads");
}

std::string Session::State::signature() const {
  std::string s;
  for (const TensorInfo& i : inputs) s += (s.empty() ? "" : ", ") + i.name + ": " + to_string(i);
  return s.empty() ? "nothing" : s;
}

void Session::State::check_inputs(std::span<const TensorView> views) const {
  const auto refuse = [&](std::string what) {
    return Error(ErrorCode::data, std::move(what)).fix("give " + signature());
  };
  if (views.size() != inputs.size())
    throw refuse("wrong number of inputs").got(std::to_string(views.size())).expected(std::to_string(inputs.size()));
  std::vector<std::pair<std::string, std::int64_t>> bound;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const TensorInfo& want = inputs[i];
    const TensorView& v = views[i];
    const auto wrong = [&](const std::string& what) {
      return refuse("input '" + want.name + "' has " + what).got(shape_text(v)).expected(to_string(want));
    };
    if (v.dtype != want.dtype) throw wrong("the wrong element type");
    if (std::ranges::any_of(v.shape, [](std::int64_t d) { return d < 0; })) throw wrong("a negative dim");
    (void)element_count(v.shape);
    if (!want.shape) continue;
    if (want.shape->size() != v.shape.size()) throw wrong("the wrong rank");
    for (std::size_t d = 0; d < v.shape.size(); ++d) {
      const DimInfo& dim = (*want.shape)[d];
      if (dim.known() && dim.value != v.shape[d]) throw wrong("the wrong shape");
      if (dim.known() || dim.symbol.empty()) continue;
      const auto seen = std::ranges::find(bound, dim.symbol, &std::pair<std::string, std::int64_t>::first);
      if (seen == bound.end())
        bound.emplace_back(dim.symbol, v.shape[d]);
      else if (seen->second != v.shape[d])
        throw wrong(fmt::format("dim '{}' = {} where another input has {}", dim.symbol, v.shape[d], seen->second));
    }
  }
}

Session Session::load(const std::string& path, const SessionOptions& options) {
  (void)lowering_options(options);  // options that name nothing are refused before the file is read
  return Session(std::make_shared<State>(import_file(path, import_options(options)), path, options));
}

Session Session::load_from_memory(std::span<const std::byte> bytes, const SessionOptions& options) {
  (void)lowering_options(options);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return Session(std::make_shared<State>(import_bytes(text, import_options(options)), "", options));
}

const std::vector<TensorInfo>& Session::inputs() const noexcept { return state_->inputs; }
const std::vector<TensorInfo>& Session::outputs() const noexcept { return state_->outputs; }
const ModelInfo& Session::info() const noexcept { return state_->info; }
std::string_view Session::isa() const noexcept { return name_of(state_->environment.lowering.isa); }
int Session::threads() const noexcept { return state_->environment.lowering.threads; }
const Graph& Session::graph() const noexcept { return state_->imported.graph; }

}  // namespace rondo
