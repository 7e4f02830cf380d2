#include <algorithm>
#include <map>

#include "autodiff/bodies.h"
#include "autodiff/control.h"
#include "autodiff/differentiate.h"
#include "autodiff/subgraph_builder.h"
#include "ops/op_list.h"

namespace rondo::autodiff {
namespace {

// The gradients of a branch by what it captures, by input of the node; what it does not influence is missing.
std::map<std::size_t, ValueId> differentiate_branch(const GradientContext& ctx, const Body& body, BodyBuilder& branch) {
  std::vector<Seed> seeds;
  for (const Link& result : body.results)
    if (ctx.grad_output(result.port) != kNone)
      seeds.push_back({result.value, branch.capture(ctx.grad_output(result.port))});
  std::vector<ValueId> wanted;
  std::vector<std::size_t> ports;
  for (const Link& capture : body.captures) {
    if (!ctx.wants(capture.port)) continue;
    wanted.push_back(capture.value);
    ports.push_back(capture.port);
  }
  const auto grads = differentiate(branch.graph(), seeds, wanted);
  std::map<std::size_t, ValueId> found;
  for (std::size_t k = 0; k < ports.size(); ++k)
    if (grads[k] != kNone) found.emplace(ports[k], grads[k]);
  return found;
}

}  // namespace

void if_gradient(GradientContext& ctx) {
  const std::vector<Body> bodies = bodies_of(ctx.node());
  std::vector<ValueId> captured;
  std::vector<BodyBuilder> branches;
  std::vector<std::map<std::size_t, ValueId>> grads;
  branches.reserve(bodies.size());
  for (const Body& body : bodies) {
    branches.emplace_back(ctx.graph(), ctx.node(), *body.graph, captured);
    grads.push_back(differentiate_branch(ctx, body, branches.back()));
  }
  std::vector<std::size_t> ports;  // of which some branch has a gradient
  for (std::size_t i = 0; i < ctx.node().inputs.size(); ++i)
    if (std::ranges::any_of(grads, [i](const auto& found) { return found.contains(i); })) ports.push_back(i);
  if (ports.empty()) return;
  Attributes attributes;
  for (std::size_t b = 0; b < bodies.size(); ++b) {
    Graph& graph = branches[b].graph();
    graph.outputs.clear();
    for (std::size_t port : ports) {
      const auto found = grads[b].find(port);
      graph.outputs.push_back(found != grads[b].end() ? found->second
                                                      : zeros_like(graph, branches[b].capture(ctx.input(port))));
    }
  }
  for (std::size_t b = 0; b < bodies.size(); ++b)
    attributes.push_back({std::string(bodies[b].attribute), branches[b].finish(captured.size())});
  const auto made =
      emit_with_captures(ctx, ops::if_else(), {ctx.input(0)}, captured, std::move(attributes), ports.size());
  for (std::size_t k = 0; k < ports.size(); ++k) ctx.set(ports[k], made[k]);
}

}  // namespace rondo::autodiff
