// Sums of products over matrices.
#include "differential/rules.h"

namespace rondo::differential {
namespace {

constexpr Range kWeights{-0.7, 0.7};

bool mat_mul(Sketch& s, const OpDef& op) {
  const ValueId x = s.some(allowed(op, 0), 1, 4);
  const std::int64_t k = s.dims(x).back(), n = s.random.between(1, 9);
  Ints shape;
  if (s.rank(x) > 2 && s.random.chance(0.4)) {
    shape = narrower(s, Ints(s.dims(x).begin(), s.dims(x).end() - 2));
  } else if (s.random.chance(0.2)) {
    shape = {s.random.between(1, 3)};
  }
  shape.push_back(k);
  if (shape.size() > 1 || s.random.chance(0.9)) shape.push_back(n);
  return s.add({op, {}, {x, s.shaped(s.dtype(x), shape, kWeights)}});
}

bool gemm(Sketch& s, const OpDef& op) {
  const ValueId a = s.some(allowed(op, 0), 2, 2);
  const std::int64_t trans_a = flag(s, 0.3), trans_b = flag(s);
  const std::int64_t m = s.dims(a)[trans_a ? 1 : 0], k = s.dims(a)[trans_a ? 0 : 1], n = s.random.between(1, 18);
  Attributes attributes{{"transA", trans_a}, {"transB", trans_b}};
  if (is_floating(s.dtype(a)) && s.random.chance(0.3))
    attributes.push_back({"alpha", static_cast<float>(s.random.uniform(0.2, 1.5))});
  if (is_floating(s.dtype(a)) && s.random.chance(0.3))
    attributes.push_back({"beta", static_cast<float>(s.random.uniform(0.2, 1.5))});
  const ValueId b = s.shaped(s.dtype(a), trans_b ? Ints{n, k} : Ints{k, n}, kWeights);
  const ValueId c = s.random.chance(0.3) ? kNone : s.shaped(s.dtype(a), narrower(s, {m, n}));
  return s.add({op, std::move(attributes), {a, b, c}});
}

bool einsum(Sketch& s, const OpDef& op) {
  struct Form {
    std::string equation;
    std::vector<Ints> shapes;
  };
  const std::int64_t b = s.random.between(1, 3), i = s.random.between(1, 5), j = s.random.between(1, 5), k = 4;
  const std::vector<Form> forms{{"ij,jk->ik", {{i, j}, {j, k}}},
                                {"bij,bjk->bik", {{b, i, j}, {b, j, k}}},
                                {"bij,bkj->bik", {{b, i, j}, {b, k, j}}},
                                {"ij->ji", {{i, j}}},
                                {"bij->b", {{b, i, j}}},
                                {"ii->i", {{i, i}}},
                                {"i,j->ij", {{i}, {j}}},
                                {"...i,ij->...j", {{b, k, i}, {i, j}}},
                                {"bi,ij,bj->b", {{b, i}, {i, j}, {b, j}}},
                                {"ij,kj", {{i, j}, {k, j}}}};
  const Form& form = forms[static_cast<std::size_t>(s.random.below(static_cast<std::int64_t>(forms.size())))];
  const DType type = s.some_type(allowed(op, 0));
  std::vector<ValueId> inputs;
  for (const Ints& shape : form.shapes) inputs.push_back(s.shaped(type, shape));
  return s.add({op, {{"equation", form.equation}}, inputs});
}

}  // namespace

std::vector<Rule> product_rules() { return {{"MatMul", mat_mul, 5}, {"Gemm", gemm, 4}, {"Einsum", einsum, 3}}; }

}  // namespace rondo::differential
