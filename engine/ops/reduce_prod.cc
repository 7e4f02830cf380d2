// ReduceProd: the product over axes; 1 over nothing.
#include "ops/op_list.h"
#include "ops/reduce.h"

namespace rondo::ops {
namespace {

template <class T>
struct Prod {
  Wide<T> total = 1;
  void add(T x) { total = wrap_mul(total, static_cast<Wide<T>>(x)); }
  T result(std::int64_t) const { return static_cast<T>(total); }
};

}  // namespace

const OpDef& reduce_prod() {
  static const OpDef def = reduce_op("ReduceProd", eval_reduce<Prod>, kSummed);
  return def;
}

}  // namespace rondo::ops
