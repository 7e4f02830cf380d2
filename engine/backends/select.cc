#include "backends/select.h"

#include <array>

#include "backends/native/native.h"
#include "backends/reference/reference.h"
#ifdef RONDO_HAVE_ONEDNN
#include "backends/onednn/onednn.h"
#endif

namespace rondo {
namespace {

// In the order of preference. Native comes first: its bits depend neither on threads nor on batch neighbours and it
// allocates nothing, which oneDNN cannot promise. oneDNN serves where it is asked for by name, until measured rules put
// it first for the shapes it wins.
std::vector<Candidate> candidates() {
  std::vector<Candidate> list;
  const auto add = [&list](std::span<const Candidate> more) { list.insert(list.end(), more.begin(), more.end()); };
  add(native_candidates());
#ifdef RONDO_HAVE_ONEDNN
  add(onednn_candidates());
#endif
  list.push_back(reference_candidate());
  return list;
}

}  // namespace

std::span<const std::string_view> backend_names() {
  static constexpr std::array<std::string_view, 4> kNames{"auto", "native", "onednn", "reference"};
  return kNames;
}

Selection select_step(const Lowering& at) {
  static const std::vector<Candidate> kCandidates = candidates();
  Selection chosen;
  for (const Candidate& c : kCandidates) {
    if (!c.op.empty() && c.op != at.node.op->name) continue;
    const bool is_reference = c.backend == "reference";
    if (chosen.step && is_reference) break;  // it takes everything; that it was not needed says nothing
    const bool asked = at.options.backend == "auto" || at.options.backend == c.backend || is_reference;
    std::string reason = asked ? c.refuse(at) : "not asked for by --backend " + at.options.backend;
    if (reason.empty() && chosen.step) reason = "comes after " + chosen.backend;
    if (reason.empty()) {
      chosen.step = c.make(at);
      chosen.backend = c.backend;
    } else {
      chosen.refusals.push_back(std::string(c.backend) + ": " + reason);
    }
  }
  return chosen;
}

}  // namespace rondo
