// A graph while it is drawn. Every value is known for one set of inputs, so that the next node can be drawn to fit; a
// node that would not run, or whose results are too large to compare, is dropped. A sketch of the body of an If, Loop
// or Scan can also use, by capturing them, the values of the sketch around it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "differential/interpreter.h"
#include "oracle/random.h"

namespace rondo::differential {

using Ints = std::vector<std::int64_t>;

struct Range {
  double low = -2, high = 2;
};

// A node to add. Written in braces, so that what its parts draw is drawn in the same order by every compiler.
struct Draft {
  const OpDef& op;
  Attributes attributes;
  std::vector<ValueId> inputs;
  std::size_t outputs = 1;
  std::vector<std::size_t> absent{};  // outputs that the node does not have
  std::uint32_t num_captures = 0;
};

class Sketch {
 public:
  Sketch(oracle::Random& source, Sketch* outer);

  // What is known of a value.
  const Tensor& at(ValueId id) const { return *known_[Graph::index(id)]; }
  const Ints& dims(ValueId id) const { return at(id).shape(); }
  std::int64_t rank(ValueId id) const { return at(id).view().rank(); }
  DType dtype(ValueId id) const { return at(id).dtype(); }
  const Values& known() const { return known_; }

  using Fits = std::function<bool(const Tensor&)>;
  // Some value of these types that fits, the later ones sooner; kNone when there is none.
  ValueId find(DTypeSet types, const Fits& fits = {});
  // The same, or a new one of that many dims.
  ValueId some(DTypeSet types, std::int64_t least_rank = 0, std::int64_t most_rank = 4);
  // One of that type and shape, there already or new.
  ValueId shaped(DType dtype, const Ints& shape, Range range = {});
  // A new one: a constant or an input of the graph.
  ValueId fresh(DType dtype, Ints shape, Range range = {});
  ValueId given(Tensor tensor);  // likewise
  ValueId constant(Tensor tensor);
  // A list for ports like axes and shape: mostly a constant. As int32, where the port takes that, now and then.
  ValueId list(const Ints& values, bool may_be_int32 = false);
  ValueId number(std::int64_t value);  // one element, no dims

  // A value that only the body has: an input of it. sample: what it is the first time.
  ValueId body_input(const Tensor& sample, TensorType type);

  // Appends a node. False when it was dropped.
  bool add(Draft draft);
  const std::vector<ValueId>& made() const { return made_; }  // by the last add; kNone for absent ones

  // Values of the graph around this one that were used; their ids here are graph.captures.
  const std::vector<ValueId>& captured() const { return captured_; }
  // The value here that stands for one of the sketch around.
  ValueId capture(ValueId of_outer);

  // How many graphs this one is inside of.
  int depth() const { return outer_ == nullptr ? 0 : outer_->depth() + 1; }

  DType some_type(DTypeSet types);
  Ints some_shape(std::int64_t rank);

  oracle::Random& random;
  Graph graph;
  Values inputs;  // of the graph, as drawn

 private:
  std::string fresh_name(const std::string& prefix);
  void learn(ValueId id, TensorPtr value);
  ValueId as_input(Tensor tensor);
  TensorType declared(const Tensor& tensor);

  Sketch* outer_;
  Values known_;
  std::vector<ValueId> usable_, made_, captured_;
  int count_ = 0;
};

// A tensor with elements drawn from the range; halves of them whole numbers where the type is no float.
Tensor drawn(oracle::Random& random, DType dtype, Ints shape, Range range);

// Whether results can be told apart from wrong ones: not too many, not too large, no NaN.
bool is_tame(const Tensor& tensor);

inline const std::vector<DType>& all_types() {
  static const std::vector<DType> types{DType::float32, DType::float64, DType::float16, DType::bfloat16, DType::int8,
                                        DType::int16,   DType::int32,   DType::int64,   DType::uint8,    DType::uint16,
                                        DType::uint32,  DType::uint64,  DType::boolean};
  return types;
}

}  // namespace rondo::differential
