#include "backends/reference/reference.h"

namespace rondo {
namespace {

class ReferenceStep : public Step {
 public:
  explicit ReferenceStep(const Lowering& at) : node_(at.node) {
    if (node_.op->scratch_bytes != nullptr) scratch_bytes_ = node_.op->scratch_bytes(node_, at.inputs);
  }
  void run(const StepArgs& args) const override { node_.op->eval({node_, args.inputs, args.outputs, args.scratch}); }
  std::size_t scratch_bytes() const override { return scratch_bytes_; }
  std::string kernel() const override { return "scalar reference"; }

 private:
  Node node_;  // a copy: the graph it came from may go
  std::size_t scratch_bytes_ = 0;
};

}  // namespace

Candidate reference_candidate() {
  return {"reference", "", [](const Lowering&) { return std::string(); },
          [](const Lowering& at) -> std::unique_ptr<Step> { return std::make_unique<ReferenceStep>(at); }};
}

}  // namespace rondo
