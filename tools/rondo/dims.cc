#include "tools/rondo/dims.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

#include "base/escape.h"
#include "tools/rondo/model.h"

namespace rondo::tool {
namespace {

constexpr std::int64_t kBatch = 1, kOther = 16;  // what an open dim is assumed to be

std::int64_t size_from(const std::string& text, const std::string& whole) {
  std::int64_t n = -1;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (status != std::errc() || end != text.data() + text.size() || n < 0)
    throw Error(ErrorCode::usage, "'" + text + "' in '" + whole + "' is no size")
        .expected("a whole number of 0 or more");
  return n;
}

std::size_t input_index(const Session& session, const std::string& name) {
  const auto& inputs = session.inputs();
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const TensorInfo& t) { return t.name == name; });
  if (found == inputs.end())
    throw Error(ErrorCode::usage, "--shape names no input of the model").got(name).expected(signature(inputs));
  return static_cast<std::size_t>(found - inputs.begin());
}

std::set<std::string> symbols_of(const Session& session) {
  std::set<std::string> symbols;
  for (const TensorInfo& t : session.inputs())
    for (const DimInfo& d : t.shape.value_or(std::vector<DimInfo>{}))
      if (!d.known() && !d.symbol.empty()) symbols.insert(d.symbol);
  return symbols;
}

void bind_dims(const Session& session, const std::vector<std::string>& dims, ShapeChoice& choice) {
  const std::set<std::string> symbols = symbols_of(session);
  for (const std::string& text : dims) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) throw Error(ErrorCode::usage, "'" + text + "' is no dim").expected("SYMBOL=N");
    const std::string symbol = text.substr(0, equals);
    if (!symbols.contains(symbol))
      throw Error(ErrorCode::usage, "--dim names no dim of the model's inputs")
          .got(symbol)
          .expected(symbols.empty() ? "none: every dim is fixed" : fmt::format("{}", fmt::join(symbols, ", ")));
    const std::int64_t size = size_from(text.substr(equals + 1), text);
    const auto [at, fresh] = choice.symbols.emplace(symbol, size);
    if (!fresh && at->second != size)
      throw Error(ErrorCode::usage, "--dim gives '" + symbol + "' two sizes")
          .got(fmt::format("{} and {}", at->second, size));
  }
}

// "X:16x1x8"; the name may hold colons itself, and "X:" is a scalar.
std::pair<std::string, std::vector<std::int64_t>> shape_from(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos)
    throw Error(ErrorCode::usage, "'" + text + "' is no shape").expected("NAME:DxDxD, such as X:16x1x8");
  std::vector<std::int64_t> shape;
  // A scalar has no sizes; otherwise every 'x' has one on both sides.
  for (std::size_t at = colon + 1; colon + 1 < text.size() && at <= text.size();) {
    const std::size_t end = std::min(text.find('x', at), text.size());
    shape.push_back(size_from(text.substr(at, end - at), text));
    at = end + 1;
  }
  return {text.substr(0, colon), std::move(shape)};
}

void bind_symbols(const TensorInfo& info, const std::vector<std::int64_t>& shape, ShapeChoice& choice) {
  if (!info.shape || info.shape->size() != shape.size()) return;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    const DimInfo& d = (*info.shape)[a];
    if (!d.known() && !d.symbol.empty()) choice.symbols.emplace(d.symbol, shape[a]);
  }
}

std::int64_t size_of_dim(const TensorInfo& info, std::size_t axis, ShapeChoice& choice) {
  const DimInfo& d = (*info.shape)[axis];
  if (d.known()) return d.value;
  if (d.symbol.empty()) {
    const std::int64_t size = axis == 0 ? kBatch : kOther;
    choice.assumed.push_back(fmt::format("{} axis {} = {}", escaped(info.name), axis, size));
    return size;
  }
  const auto [at, fresh] = choice.symbols.emplace(d.symbol, is_batch(d.symbol) ? kBatch : kOther);
  if (fresh) choice.assumed.push_back(fmt::format("{}={}", escaped(d.symbol), at->second));
  return at->second;
}

}  // namespace

bool is_batch(const std::string& symbol) {
  std::string s = symbol;
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return s.find("batch") != std::string::npos || s == "n" || s == "b" || s == "bs";
}

void add_dim_options(CLI::App& verb, DimOptions& options) {
  verb.add_option("--dim", options.dims, "Sizes of symbolic dims; an open one is 1 if it looks like a batch, else 16")
      ->type_name("SYMBOL=N,...")
      ->delimiter(',');
  verb.add_option("--shape", options.shapes, "Shape of an input, such as X:16x1x8")->type_name("NAME:DxDxD");
}

ShapeChoice choose_shapes(const Session& session, const DimOptions& options,
                          const std::vector<const std::vector<std::int64_t>*>& given) {
  ShapeChoice choice;
  const auto& inputs = session.inputs();
  std::vector<std::optional<std::vector<std::int64_t>>> known(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (given[i] != nullptr) known[i] = *given[i];
  for (const std::string& text : options.shapes) {
    auto [name, shape] = shape_from(text);
    const std::size_t i = input_index(session, name);
    if (known[i])
      throw Error(ErrorCode::usage, "the shape of '" + name + "' is given twice")
          .fix("leave one --shape or --input out");
    known[i] = std::move(shape);
  }
  bind_dims(session, options.dims, choice);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (known[i]) bind_symbols(inputs[i], *known[i], choice);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!known[i] && !inputs[i].shape)
      throw Error(ErrorCode::usage, "the model does not say how many dims '" + inputs[i].name + "' has")
          .fix("say it with --shape '" + inputs[i].name + ":DxDxD', or give the tensor with --input");
    if (!known[i]) {
      known[i].emplace();
      for (std::size_t a = 0; a < inputs[i].shape->size(); ++a) known[i]->push_back(size_of_dim(inputs[i], a, choice));
    }
    choice.shapes.push_back(std::move(*known[i]));
  }
  return choice;
}

}  // namespace rondo::tool
