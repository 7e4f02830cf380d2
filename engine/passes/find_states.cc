#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>

#include "ops/recurrent.h"
#include "passes/states.h"

namespace rondo {
namespace {

using ops::is_recurrent;

// The words of a name without those that only say before or after: "h_in" -> "h", "stateN" -> "state".
std::vector<std::string> core_words(const std::string& name) {
  static const std::set<std::string> kSides{"in",   "out",     "input", "output", "prev", "previous", "next", "new",
                                            "past", "present", "n",     "last",   "old",  "initial",  "init", "final"};
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && !kSides.contains(word)) words.push_back(word);
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool capital_after_small = std::isupper(c) && i > 0 && std::islower(static_cast<unsigned char>(name[i - 1]));
    if (!std::isalnum(c) || capital_after_small) end_word();
    if (std::isalnum(c)) word += static_cast<char>(std::tolower(c));
  }
  end_word();
  return words;
}

bool compatible(const TensorType& a, const TensorType& b) {
  if (a.dtype != b.dtype) return false;
  if (!a.ranked() || !b.ranked()) return true;
  return std::ranges::equal(*a.shape, *b.shape, may_equal);
}

// Operators that hand pieces of a state on without computing.
bool carries(const Node& n) {
  static const std::set<std::string> kCarriers{"Cast",      "Concat", "Gather",  "Identity",  "Reshape",  "Slice",
                                               "ScatterND", "Split",  "Squeeze", "Transpose", "Unsqueeze"};
  return kCarriers.contains(n.op->name);
}

class Finder {
 public:
  explicit Finder(const Graph& g) : g_(g), input_used_(g.inputs.size()), output_used_(g.outputs.size()) {}

  std::vector<HeldState> run() {
    pair_where([this](std::size_t i, std::size_t o) { return same_names(i, o); });
    const auto first = starts();
    const auto last = ends();
    pair_where(
        [&](std::size_t i, std::size_t o) { return !first[i].empty() && std::ranges::includes(last[o], first[i]); });
    std::ranges::sort(found_, {}, &HeldState::input);
    return std::move(found_);
  }

 private:
  using Layers = std::set<NodeId>;

  const Value& in(std::size_t i) const { return g_.value(g_.inputs[i]); }
  const Value& out(std::size_t o) const { return g_.value(g_.outputs[o]); }

  bool same_names(std::size_t i, std::size_t o) const {
    const auto words = core_words(in(i).name);
    return !words.empty() && in(i).name != out(o).name && words == core_words(out(o).name);
  }

  // Pairs every input with the output that alone fits it, and that it alone fits.
  template <class Fits>
  void pair_where(Fits&& fits) {
    std::vector<std::vector<std::size_t>> of_input(g_.inputs.size()), of_output(g_.outputs.size());
    for (std::size_t i = 0; i < g_.inputs.size(); ++i)
      for (std::size_t o = 0; o < g_.outputs.size(); ++o) {
        if (input_used_[i] || output_used_[o] || !compatible(in(i).type, out(o).type) || !fits(i, o)) continue;
        of_input[i].push_back(o);
        of_output[o].push_back(i);
      }
    for (std::size_t i = 0; i < of_input.size(); ++i) {
      if (of_input[i].size() != 1 || of_output[of_input[i][0]].size() != 1) continue;
      found_.push_back({i, of_input[i][0], nullptr});
      input_used_[i] = output_used_[of_input[i][0]] = true;
    }
  }

  // For each input, the layers that start from a piece of it.
  std::vector<Layers> starts() const {
    const auto readers = g_.readers();
    std::vector<Layers> layers(g_.inputs.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      std::vector<ValueId> todo{g_.inputs[i]};
      std::vector<char> seen(g_.num_values());
      while (!todo.empty()) {
        const ValueId v = todo.back();
        todo.pop_back();
        if (std::exchange(seen[Graph::index(v)], 1)) continue;
        for (NodeId id : readers[Graph::index(v)]) {
          const Node& n = g_.node(id);
          if (is_recurrent(n) && is_state_of(n, v)) layers[i].insert(id);
          if (carries(n))
            for (ValueId made : n.outputs)
              if (made != kNone) todo.push_back(made);
        }
      }
    }
    return layers;
  }

  static bool is_state_of(const Node& n, ValueId v) {
    using namespace ops::recurrent_input;
    return (n.inputs.size() > initial_h && n.inputs[initial_h] == v) ||
           (n.inputs.size() > initial_c && n.inputs[initial_c] == v);
  }

  // For each output, the layers whose last state is a piece of it.
  std::vector<Layers> ends() const {
    std::vector<Layers> layers(g_.outputs.size());
    for (std::size_t o = 0; o < layers.size(); ++o) {
      std::vector<ValueId> todo{g_.outputs[o]};
      std::vector<char> seen(g_.num_values());
      while (!todo.empty()) {
        const ValueId v = todo.back();
        todo.pop_back();
        if (v == kNone || std::exchange(seen[Graph::index(v)], 1) || g_.value(v).producer == kNoNode) continue;
        const NodeId id = g_.value(v).producer;
        const Node& n = g_.node(id);
        if (is_recurrent(n) && v != n.outputs[ops::recurrent_output::Y]) layers[o].insert(id);
        if (carries(n)) todo.insert(todo.end(), n.inputs.begin(), n.inputs.end());
      }
    }
    return layers;
  }

  const Graph& g_;
  std::vector<bool> input_used_, output_used_;
  std::vector<HeldState> found_;
};

}  // namespace

std::vector<HeldState> find_states(const Graph& graph) { return Finder(graph).run(); }

}  // namespace rondo
