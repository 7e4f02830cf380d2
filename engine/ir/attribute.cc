#include "ir/attribute.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "base/escape.h"
#include "ir/graph.h"
#include "ir/type.h"

namespace rondo {
namespace {

bool same_bits(float a, float b) { return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b); }

template <class T, class F>
std::string joined(const std::vector<T>& items, F&& text) {
  std::string s = "[";
  for (std::size_t i = 0; i < items.size(); ++i) s += (i ? "," : "") + text(items[i]);
  return s + "]";
}

std::string quoted(const std::string& s) { return "\"" + escaped(s) + "\""; }
std::string number(float v) { return fmt::format("{}", v); }

struct Printer {
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(float v) const { return number(v); }
  std::string operator()(const std::string& v) const { return quoted(v); }
  std::string operator()(const std::vector<std::int64_t>& v) const {
    return joined(v, [](std::int64_t x) { return std::to_string(x); });
  }
  std::string operator()(const std::vector<float>& v) const { return joined(v, number); }
  std::string operator()(const std::vector<std::string>& v) const { return joined(v, quoted); }
  std::string operator()(const TensorPtr& v) const { return to_string(concrete_type(v->dtype(), v->shape())); }
  std::string operator()(const GraphPtr& v) const { return "graph " + quoted(v->name); }
};

struct Equal {
  template <class T>
  bool operator()(const T& a, const T& b) const {
    return a == b;
  }
  bool operator()(float a, float b) const { return same_bits(a, b); }
  bool operator()(const std::vector<float>& a, const std::vector<float>& b) const {
    return std::ranges::equal(a, b, same_bits);
  }
  bool operator()(const TensorPtr& a, const TensorPtr& b) const { return identical(a->view(), b->view()); }
  bool operator()(const GraphPtr& a, const GraphPtr& b) const { return equal(*a, *b); }
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

}  // namespace

std::string_view name_of(AttrKind kind) noexcept {
  static constexpr std::array<std::string_view, 8> kNames{"int",    "float",   "string", "ints",
                                                          "floats", "strings", "tensor", "graph"};
  return kNames[static_cast<std::size_t>(kind)];
}

const AttrValue* find_attribute(const Attributes& attributes, std::string_view name) noexcept {
  for (const Attribute& a : attributes)
    if (a.name == name) return &a.value;
  return nullptr;
}

bool equal(const AttrValue& a, const AttrValue& b) { return std::visit(Equal{}, a, b); }

bool equal(const Attributes& a, const Attributes& b) {
  return std::ranges::equal(
      a, b, [](const Attribute& x, const Attribute& y) { return x.name == y.name && equal(x.value, y.value); });
}

std::string to_string(const AttrValue& value) { return std::visit(Printer{}, value); }

}  // namespace rondo
