#include "importers/onnx/unsupported.h"

#include <fmt/format.h>

#include <optional>
#include <unordered_set>

#include "base/where.h"
#include "importers/onnx/node_order.h"
#include "importers/onnx/op_table.h"

namespace rondo::importer {
namespace {

class Finder {
 public:
  Finder(const FunctionLibrary& functions, OpLookup lookup) : functions_(functions), lookup_(lookup) {}

  void run(const onnx::GraphProto& graph, const Opsets& opsets) {
    look(graph.node(), opsets, graph.name());
    for (std::size_t i = 0; i < called_.size(); ++i)  // grows as bodies call further functions
      look(called_[i]->proto->node(), called_[i]->opsets, called_[i]->proto->name());
    if (error_) throw Error(*error_);
  }

 private:
  // Recursion follows subgraphs, whose depth is bounded when the file is scanned; functions wait in called_.
  void look(const NodeList& nodes, const Opsets& opsets, const std::string& graph) {
    for (int i = 0; i < nodes.size(); ++i) {
      const onnx::NodeProto& node = nodes[i];
      if (node.op_type().empty())
        throw Error(ErrorCode::model, "the node names no operator")
            .at_node(node.name(), "", i, graph)
            .fix("export the model again");
      if (const Function* f = functions_.called_by(node)) {
        if (visited_.insert(f).second) called_.push_back(f);
      } else if (std::string fault = fault_of(node, opsets); !fault.empty()) {
        add(std::move(fault), {"", -1, node.name(), node.op_type(), i, graph, ""});
      }
      for (const auto& attribute : node.attribute())
        if (attribute.has_g()) look(attribute.g().node(), opsets, attribute.g().name());
    }
  }

  void add(std::string fault, const Where& where) {
    if (error_) {
      error_->also(to_string(where) + ": " + fault);
      return;
    }
    error_ = Error(ErrorCode::unsupported, std::move(fault))
                 .at_node(where.node, where.op, where.node_index, where.graph)
                 .fix("export the model with operators that Rondo has");
  }

  std::string fault_of(const onnx::NodeProto& node, const Opsets& opsets) const {
    const std::string domain = canonical_domain(node.domain());
    const std::string shown = domain.empty() ? node.op_type() : domain + "." + node.op_type();
    const auto version = opsets.version_of(domain);
    if (!version) return fmt::format("operator {} is of a domain that the model does not import", shown);
    const OpRow* row = find_row(domain, node.op_type());
    const bool constant = row != nullptr && row->name == "Constant" && domain.empty();
    if (row == nullptr || (!constant && lookup_(domain, row->ir_name()) == nullptr))
      return fmt::format("operator {} is not supported", shown);
    if (*version < row->since)
      return fmt::format("operator {} is read from opset {} on, but the model is of opset {}", shown, row->since,
                         *version);
    return "";
  }

  const FunctionLibrary& functions_;
  OpLookup lookup_;
  std::vector<const Function*> called_;
  std::unordered_set<const Function*> visited_;
  std::optional<Error> error_;
};

}  // namespace

void reject_unsupported(const onnx::ModelProto& model, const Opsets& opsets, const FunctionLibrary& functions,
                        OpLookup lookup) {
  Finder(functions, lookup).run(model.graph(), opsets);
}

}  // namespace rondo::importer
