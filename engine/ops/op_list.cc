#include "ops/op_list.h"

#include <array>

#include "ops/internal_op_list.h"

namespace rondo {

std::span<const OpDef* const> all_ops() {
#define RONDO_TAKE_OP(name) &ops::name(),
  static const std::array kOps{RONDO_OP_LIST(RONDO_TAKE_OP) RONDO_INTERNAL_OP_LIST(RONDO_TAKE_OP)};
#undef RONDO_TAKE_OP
  return kOps;
}

const OpDef* find_op(std::string_view domain, std::string_view name) {
  if (domain == "ai.onnx") domain = "";
  for (const OpDef* op : all_ops())
    if (op->name == name && op->domain == domain) return op;
  return nullptr;
}

}  // namespace rondo
