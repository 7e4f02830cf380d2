#include "rondo/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "backends/select.h"
#include "base/memory_budget.h"
#include "runtime/prepare.h"
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

LoweringOptions lowering_options(const SessionOptions& options) {
  LoweringOptions lowering;
  const Isa widest = allowed_isa();
  lowering.isa = widest;
  if (options.isa != "auto") {
    const auto isa = isa_from_name(options.isa);
    if (!isa)
      throw Error(ErrorCode::usage, "no such instruction set")
          .got(options.isa)
          .expected("auto, scalar, avx2 or avx512");
    if (*isa > widest)
      throw Error(ErrorCode::usage, "this machine or RONDO_MAX_ISA does not allow that instruction set")
          .got(options.isa)
          .expected("at most " + std::string(name_of(widest)))
          .fix("choose auto");
    lowering.isa = *isa;
  }
  const auto names = backend_names();
  if (std::ranges::find(names, options.backend) == names.end())
    throw Error(ErrorCode::usage, "no such backend")
        .got(options.backend)
        .expected(fmt::format("{}", fmt::join(names, ", ")));
  lowering.backend = options.backend;
  if (options.threads < 0 || options.threads > ThreadPool::kMaxThreads)
    throw Error(ErrorCode::usage, "impossible number of threads")
        .got(std::to_string(options.threads))
        .expected(fmt::format("0 (one per core) to {}", ThreadPool::kMaxThreads));
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  lowering.threads = options.threads != 0 ? options.threads : std::max(cores, 1);
  return lowering;
}

ImportOptions import_options(const SessionOptions& options) {
  ImportOptions import;
  import.limits.tensor_bytes = options.max_memory;
  import.data_dir = options.data_dir;
  import.allow_linked_data = options.allow_linked_data;
  if (options.warn) import.on_warning = [warn = options.warn](const std::string& line) { warn(line);
};
return import;
}  // namespace

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

Graph simplified(Graph graph, const std::string& file) {
  try {
    simplify(graph);
  } catch (Error& e) {
    throw e.at_file(file);
  }
  return graph;
}

std::string signature(const std::vector<TensorInfo>& infos) {
  std::string s;
  for (const TensorInfo& i : infos) s += (s.empty() ? "" : ", ") + i.name + ": " + to_string(i);
  return s;
}

std::string shape_text(const TensorView& v) { return std::string(name_of(v.dtype)) + to_string(v.shape); }

}  // namespace rondo

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
      graph_(simplified(imported.graph, file)),
      weights_(graph_),
      environment{lowering_options(o), weights_, pool, o.max_prepared_shapes,
                  o.max_memory > 0 ? o.max_memory : default_memory_budget()},
      program(std::make_shared<Program>(graph_, environment)) {
  LoweringOptions& lowering = environment.lowering;
  if (pool.size() < lowering.threads) {
    lowering.threads = pool.size();
    if (options.warn) options.warn("the system allows no more than " + std::to_string(pool.size()) + " threads");
  }
}

void Session::State::check_inputs(std::span<const TensorView> views) const {
  const auto refuse = [&](std::string what) {
    return Error(ErrorCode::data, std::move(what)).fix("give " + signature(inputs));
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
