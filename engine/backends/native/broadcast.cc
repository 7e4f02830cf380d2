// The output is walked in rows, as long as dims that lie dense in every operand allow; in a row each operand is a row
// of its own or one number. When everything is a single row, threads share it.
#include "backends/native/broadcast.h"

#include <algorithm>

#include "kernels/binary/binary.h"
#include "ops/broadcast.h"

namespace rondo::native {
namespace {

using kernels::Binary;

constexpr std::int64_t kWorthAThread = 100'000;  // elements that pay for waking another thread

struct Function {
  std::string_view op;
  Binary kind;
};
constexpr Function kFunctions[] = {{"Add", Binary::add},     {"Sub", Binary::sub},
                                   {"Mul", Binary::mul},     {"Div", Binary::div},
                                   {"PRelu", Binary::prelu}, {"Pow", Binary::mul}};  // as a square

template <class T>
class BroadcastStep : public Step {
 public:
  explicit BroadcastStep(const Lowering& at)
      : kernels_(kernels::select_binary<T>(at.options.isa)),
        function_(*std::ranges::find(kFunctions, at.node.op->name, &Function::op)),
        second_(function_.op == "Pow" ? 0 : 1),
        walk_(ops::broadcast_walk<2>(at.outputs[0].shape, {at.inputs[0].shape, at.inputs[second_].shape})) {
    const std::int64_t count = at.outputs[0].count();
    if (!walk_.done() && walk_.length() == count)
      pieces_ = static_cast<int>(std::clamp<std::int64_t>(count / kWorthAThread, 1, at.options.threads));
  }

  std::string kernel() const override { return std::string(function_.op) + " " + kernels_.name; }

  void run(const StepArgs& args) const override {
    const T* a = args.inputs[0].as<T>();
    const T* b = args.inputs[second_].as<T>();
    T* y = args.outputs[0].as<T>();
    const auto apply = [&](const ops::Walk<2>& row, std::int64_t begin, std::int64_t end) {
      kernels_.apply(function_.kind, {a + row.at(0) + begin * row.step(0), row.step(0),
                                      b + row.at(1) + begin * row.step(1), row.step(1), y + begin, end - begin});
    };
    if (pieces_ > 1) {
      const std::int64_t n = walk_.length();
      args.pool.for_each(pieces_, [&](int piece) { apply(walk_, n * piece / pieces_, n * (piece + 1) / pieces_); });
      return;
    }
    for (ops::Walk<2> row = walk_; !row.done(); row.next(), y += row.length()) apply(row, 0, row.length());
  }

 private:
  const kernels::BinaryKernels<T>& kernels_;
  Function function_;
  std::size_t second_;  // which input is the second operand: a square has one input twice
  ops::Walk<2> walk_;
  int pieces_ = 1;
};

}  // namespace

std::string refuse_broadcast(const Lowering& at) {
  const DType t = at.inputs[0].dtype;
  return t == DType::float32 || t == DType::float64 ? "" : "element type " + std::string(name_of(t));
}

std::string refuse_power(const Lowering& at) {
  if (at.inputs[1].dtype != at.inputs[0].dtype) return "the exponent has another element type";
  if (std::string reason = refuse_broadcast(at); !reason.empty()) return reason;
  if (!at.is_constant(1) || at.inputs[1].count() != 1) return "the exponent is not one constant";
  const bool is_two =
      at.inputs[1].dtype == DType::float64 ? at.inputs[1].as<double>()[0] == 2.0 : at.inputs[1].as<float>()[0] == 2.0f;
  return is_two ? "" : "the exponent is not 2";
}

std::unique_ptr<Step> make_broadcast(const Lowering& at) {
  if (at.inputs[0].dtype == DType::float64) return std::make_unique<BroadcastStep<double>>(at);
  return std::make_unique<BroadcastStep<float>>(at);
}

}  // namespace rondo::native
