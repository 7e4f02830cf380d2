#include "autodiff/bodies.h"

#include <algorithm>

#include "ops/loop.h"
#include "ops/op_list.h"
#include "ops/subgraph.h"

namespace rondo::autodiff {
namespace {

Body body_of(const Node& node, std::string_view attribute) {
  Body body;
  body.attribute = attribute;
  body.graph = std::get<GraphPtr>(*find_attribute(node.attributes, attribute));
  const std::size_t own = ops::own_inputs(node);
  for (std::size_t i = 0; i < body.graph->captures.size(); ++i)
    if (body.graph->captures[i] != kNone) body.captures.push_back({own + i, body.graph->captures[i]});
  return body;
}

Body branch_of(const Node& node, std::string_view attribute) {
  Body body = body_of(node, attribute);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) body.results.push_back({i, body.graph->outputs[i]});
  return body;
}

Body loop_body(const Node& node) {
  Body body = body_of(node, "body");
  const Graph& g = *body.graph;
  const ops::LoopParts parts(node);
  body.iteration = g.inputs[0];
  body.condition = g.inputs[1];
  for (std::size_t i = 0; i < parts.states; ++i) body.states.push_back({2 + i, i, g.inputs[2 + i], g.outputs[1 + i]});
  for (std::size_t i = 0; i < parts.scans; ++i)
    body.written.push_back({parts.states + i, g.outputs[1 + parts.states + i], {}});
  return body;
}

Body scan_body(const Node& node) {
  Body body = body_of(node, "body");
  const Graph& g = *body.graph;
  const ops::ScanParts parts(node);
  for (std::size_t i = 0; i < parts.states; ++i) body.states.push_back({i, i, g.inputs[i], g.outputs[i]});
  for (std::size_t i = 0; i < parts.inputs.size(); ++i)
    body.read.push_back({parts.states + i, g.inputs[parts.states + i], parts.inputs[i]});
  for (std::size_t i = 0; i < parts.outputs.size(); ++i)
    body.written.push_back({parts.states + i, g.outputs[parts.states + i], parts.outputs[i]});
  return body;
}

}  // namespace

bool holds_bodies(const Node& node) noexcept {
  return node.op == &ops::if_else() || node.op == &ops::loop() || node.op == &ops::scan();
}

std::vector<Body> bodies_of(const Node& node) {
  if (node.op == &ops::if_else()) return {branch_of(node, "then_branch"), branch_of(node, "else_branch")};
  if (node.op == &ops::loop()) return {loop_body(node)};
  if (node.op == &ops::scan()) return {scan_body(node)};
  return {};
}

}  // namespace rondo::autodiff
