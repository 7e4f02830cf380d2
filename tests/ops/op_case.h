// Cases of operators as data, written once and run in every element type they fit: for the tests in this folder.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "rondo/tensor.h"

namespace rondo::test {

// A tensor of a case. Without a type of its own it takes, in turn, every type that the ports it stands at allow and
// that holds its values exactly (integers) or nearly (float32, float64); halves only where the operator moves elements.
struct Data {
  DType dtype = DType::undefined;
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  bool absent = false;
};
Data any(std::vector<std::int64_t> shape, std::vector<double> values);
Data typed(DType dtype, std::vector<std::int64_t> shape, std::vector<double> values);
Data i64(std::vector<double> values);  // a list
Data absent();

inline AttrValue ints(std::vector<std::int64_t> values) { return values; }

struct OpCase {
  std::string op;
  Attributes attributes;
  std::vector<Data> inputs;
  std::vector<Data> outputs;
};

// Inputs that must be refused, by the shape rule or by evaluation, with an error that names the node and says this.
struct BadCase {
  std::string op;
  Attributes attributes;
  std::vector<Data> inputs;
  std::string says;
  std::size_t num_outputs = 1;
};

// The operator of that name in any domain.
const OpDef& op_named(const std::string& name);

std::vector<OpCase> all_cases();
std::vector<BadCase> all_bad_cases();
// The tables behind all_cases, one for each file of cases.
std::vector<OpCase> activation_cases();
std::vector<OpCase> arithmetic_cases();
std::vector<OpCase> function_cases();
std::vector<OpCase> gradient_cases();
std::vector<OpCase> index_cases();
std::vector<OpCase> line_cases();
std::vector<OpCase> matrix_cases();
std::vector<OpCase> move_cases();
std::vector<OpCase> quantize_cases();
std::vector<OpCase> normalization_cases();
std::vector<OpCase> pool_cases();
std::vector<OpCase> reduce_cases();
std::vector<OpCase> shape_cases();
std::vector<OpCase> transform_cases();
std::vector<OpCase> window_cases();
std::vector<BadCase> bad_index_cases();
std::vector<BadCase> bad_quantize_cases();
std::vector<BadCase> bad_transform_cases();

// The types a case is run in; undefined alone when all its tensors have types of their own.
std::vector<DType> types_of(const OpCase& c);

// A tensor with those values in dtype; nothing when the type cannot hold them.
std::optional<Tensor> tensor_of(const Data& data, DType dtype);
double element(const TensorView& view, std::int64_t i);

// A node with its inputs, evaluated on its own. Throws what the operator throws.
class OneNode {
 public:
  OneNode(const std::string& op, Attributes attributes, std::vector<Tensor> inputs, std::size_t num_outputs);

  using Knows = std::function<InferContext::Input(std::size_t input)>;
  std::vector<TensorType> infer(const Knows& knows, ErrorCode code = ErrorCode::model) const;
  // Types and values of all inputs, as at run time.
  std::vector<TensorType> infer() const;
  // Output memory is filled with a pattern first. allocations: how often eval called operator new.
  std::vector<Tensor> eval() { return eval(inputs_); }
  // The same on other values of the same types, which the shape rule has not seen.
  std::vector<Tensor> eval(const std::vector<Tensor>& inputs);
  std::size_t allocations() const { return allocations_; }

  const Node& node() const { return node_; }
  const std::vector<Tensor>& inputs() const { return inputs_; }

 private:
  Node node_;
  std::vector<Tensor> inputs_;
  std::vector<TensorType> types_;
  std::size_t allocations_ = 0;
};

std::size_t allocation_count() noexcept;

}  // namespace rondo::test
