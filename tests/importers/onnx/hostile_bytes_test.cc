// Bytes that are no model, or a damaged or malicious one: always a typed error, never a crash, never much memory.
#include <gtest/gtest.h>

#include <chrono>

#include "importers/onnx/wire_scan.h"
#include "model_text.h"

namespace rondo::test {
namespace {

using importer::scan_wire;
using importer::WireRoot;

std::string varint(std::uint64_t v) {
  std::string s;
  for (; v >= 0x80; v >>= 7) s += static_cast<char>(v | 0x80);
  return s + static_cast<char>(v);
}
std::string blob(std::uint64_t field, const std::string& bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string number(std::uint64_t field, std::uint64_t v) { return varint(field << 3) + varint(v); }
std::string model_with_graph(const std::string& graph) {
  return number(1, 8) + blob(7, graph) + blob(8, number(2, 13));
}

// Small models whose last field is the opset, so that every cut takes something that is needed.
std::vector<std::string> seeds() {
  const std::string weights = "initializer { name: \"w\" dims: 2 data_type: 1 float_data: [1, 2] } ";
  std::vector<std::string> out;
  for (const std::string& graph :
       {input("x", "2,N") + node("Relu", "x", "y", "name: \"r\"") + output("y"),
        input("x", "2") + weights + node("Identity", "w", "a") + node("Relu", "a", "y") + output("y") + output("x"),
        weights + "initializer { name: \"v\" dims: 2 data_type: 7 raw_data: \"0123456789abcdef\" } " + output("w") +
            output("v"),
        node("Constant", "", "c", "attribute { name: \"value\" type: TENSOR t { data_type: 1 float_data: 3 } }") +
            node("Relu", "c", "y") + output("y"),
        input("x", "1,2,3") + node("Relu", "x", "a") + node("Identity", "a", "b") + node("Relu", "b", "y") +
            "value_info { " + value("a", "1,2,3") + " } doc_string: \"text\" " + output("y")}) {
    out.push_back(model_bytes(13, graph));
    import_bytes(out.back());
  }
  return out;
}

// The same with layers, subgraphs and every kind of attribute.
std::vector<std::string> larger_seeds() {
  const auto zeros = [](const std::string& name, int rows) {
    std::string list = "0";
    for (int i = 1; i < rows; ++i) list += ", 0";
    return fmt::format("initializer {{ name: \"{}\" dims: [1, {}, 1] data_type: 1 float_data: [{}] }} ", name, rows,
                       list);
  };
  const auto graph = [](const std::string& name, const std::string& body) {
    return "attribute { name: \"" + name + "\" type: GRAPH g { name: \"" + name + "\" " + body + "} } ";
  };
  const std::string still = node("Identity", "go", "still") + output("still"),
                    step = input("i", "", 7) + input("go", "", 9);
  std::vector<std::string> graphs;
  for (const auto& [op, rows] : {std::pair{"RNN", 1}, std::pair{"GRU", 3}, std::pair{"LSTM", 4}})
    for (const char* direction : {"forward", "reverse"})
      graphs.push_back(input("x", "T,N,1") + zeros("w", rows) + zeros("r", rows) +
                       node(op, "x w r", "y", text("direction", direction) + real("clip", 2)) + output("y"));
  for (const char* reduction : {"ReduceSum", "ReduceMax", "ReduceMean"})
    graphs.push_back(input("x", "2,3") + node(reduction, "x", "y", integer("keepdims", 0)) + output("y"));
  for (const char* perm : {"0, 1", "1, 0"})
    graphs.push_back(input("x", "A,B") + node("Transpose", "x", "y", ints("perm", perm)) + output("y"));
  graphs.push_back(input("c", "", 9) + input("x", "2") +
                   node("If", "c", "y",
                        graph("then_branch", node("Neg", "x", "t") + output("t")) +
                            graph("else_branch", node("Relu", "x", "e") + output("e"))) +
                   output("y"));
  graphs.push_back(
      input("m", "", 7) + input("x", "2") +
      node("Loop", "m _ x", "y", graph("body", step + input("s", "2") + still + node("Neg", "s", "n") + output("n"))) +
      output("y"));
  graphs.push_back(
      input("x", "2,3") +
      node("Scan", "x", "y",
           integer("num_scan_inputs", 1) + graph("body", input("e", "3") + node("Neg", "e", "o") + output("o"))) +
      output("y"));
  graphs.push_back(input("x", "1,1,5") + zeros("k", 1) +
                   node("Conv", "x k", "y", ints("pads", "1, 1") + text("auto_pad", "NOTSET")) + output("y"));
  std::vector<std::string> out;
  for (const std::string& g : graphs) {
    out.push_back(model_bytes(13, g));
    import_bytes(out.back());
  }
  return out;
}

TEST(HostileBytes, EveryTruncationIsAnErrorWithItsOffset) {
  std::vector<std::string> all = seeds();
  for (std::string& seed : larger_seeds()) all.push_back(std::move(seed));
  EXPECT_GE(all.size(), 20u);
  for (const std::string& seed : all) {
    for (std::size_t n = 0; n < seed.size(); ++n) {
      const Error e = import_error(seed.substr(0, n));
      ASSERT_EQ(e.code(), ErrorCode::model) << n << ": " << e.what();
      ASSERT_GE(e.where().byte, 0) << n << ": " << e.what();
    }
  }
}

TEST(HostileBytes, EveryBitFlipIsAcceptedOrATypedError) {
  for (const std::string& seed : seeds()) {
    for (std::size_t bit = 0; bit < seed.size() * 8; ++bit) {
      std::string flipped = seed;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      try {
        import_bytes(flipped);
      } catch (const Error& e) {
        const int code = exit_code(e.code());
        ASSERT_TRUE(code == 3 || code == 4 || code == 6) << bit << ": " << e.what();
      }
    }
  }
}

TEST(HostileBytes, ForeignFilesAreNamed) {
  const std::vector<std::tuple<std::string, ErrorCode, std::string>> rows{
      {"", ErrorCode::model, "0 bytes"},
      {" \n\t ", ErrorCode::model, "whitespace"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", ErrorCode::model, "git lfs pull"},
      {"\x89PNG\r\n", ErrorCode::model, "PNG"},
      {"PK\x03\x04 and more", ErrorCode::model, "zip"},
      {"\x1F\x8B\x08", ErrorCode::unsupported, "gzip"},
      {"GGUF....", ErrorCode::model, "GGUF"},
      {"<!DOCTYPE html>", ErrorCode::model, "HTML"},
      {"\xEF\xBB\xBF\r\n <html>", ErrorCode::model, "HTML"},
      {"Not Found", ErrorCode::model, "text"},
      {"ir_version: 8\ngraph {}\n", ErrorCode::model, "text"},
      {"\x80\x02}q", ErrorCode::model, "pickle"},
      {std::string("\x10\0\0\0\0\0\0\0{\"w\"", 12), ErrorCode::model, "safetensors"},
      {std::string("\x18\0\0\0TFL3", 8), ErrorCode::model, "TensorFlow Lite"},
      {"{\"a\": 1}", ErrorCode::model, "JSON"},
  };
  for (const auto& [bytes, code, part] : rows) EXPECT_THAT(import_error(bytes), Is(code, part));
}

TEST(HostileBytes, DamagedFramingNamesTheByte) {
  const std::string good = seeds()[0];
  const auto expect = [&](const std::string& tail, const char* part) {
    const Error e = import_error(good + tail);
    EXPECT_THAT(e, Is(ErrorCode::model, part));
    EXPECT_EQ(e.where().byte, static_cast<std::int64_t>(good.size()));
  };
  expect(std::string("\x00\x01", 2), "number 0");
  expect("\x0B", "wire type 3");
  expect("\x0C", "wire type 4");
  expect("\x0E", "wire type 6");
  expect("\x0F", "wire type 7");
  expect(
      "\x12\x05"
      "ab",
      "announces 5 bytes");
  expect("\x12" + varint(std::uint64_t{1} << 31), "announces");
  expect("\x12" + varint(std::uint64_t{1} << 63), "announces");
  expect("\x12" + varint(~std::uint64_t{0}), "announces");
  expect("\x10\x01", "wire type");  // producer_name as a number
  expect(good, "twice");
  expect(number(1, 8), "concatenated");
  expect(blob(7, ""), "concatenated");
  EXPECT_THAT(import_error(good + std::string("\x28") + std::string(10, '\x80') + '\x01'),
              Is(ErrorCode::model, "more than 10 bytes"));
  EXPECT_THAT(import_error(good + std::string("\x28\x80\x00", 3)), Is(ErrorCode::model, "longer than it is"));
  EXPECT_THAT(import_error(good + std::string("\x28") + std::string(9, '\xFF') + '\x02'),
              Is(ErrorCode::model, "64 bits"));
}

TEST(HostileBytes, UnknownFieldsAreCountedAndIgnored) {
  const auto model = import_bytes(seeds()[0] + number(500, 3) + blob(501, "abc"));
  EXPECT_EQ(model.unknown_fields, 2);
  EXPECT_THAT(model.warnings, testing::Contains(testing::HasSubstr("2 fields")));
}

TEST(HostileBytes, FilesThatUnfoldAreRefusedQuicklyAndWithoutMemory) {
  std::string empties(std::size_t{64} << 20, '\0');
  const auto fill = [&](char tag) {
    for (std::size_t i = 0; i < empties.size(); i += 2) empties[i] = tag;
  };
  for (const auto& [tag, what] : {std::pair{'\x0A', "nodes"}, std::pair{'\x2A', "initializers"},
                                  std::pair{'\x5A', "unfold"}}) {  // node, initializer, input
    fill(tag);
    const std::string bytes = model_with_graph(empties);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(import_error(bytes), Is(ErrorCode::limit, what));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  }
}

TEST(HostileBytes, PackedIntegersCountAgainstTheBudget) {
  const std::string dims(std::size_t{48} << 20, '\x01');
  EXPECT_THAT(import_error(model_with_graph(blob(5, blob(7, dims)))), Is(ErrorCode::limit, "unfold"));
}

std::string nested_graphs(int depth) {
  const std::string attribute = blob(1, "then_branch") + number(20, 5);
  std::vector<std::string> heads;  // innermost first: what stands around each graph knows its length
  for (std::size_t length = 0; depth > 0; --depth) {
    std::string head = attribute + varint(6 << 3 | 2) + varint(length);
    for (const std::uint64_t field : {5, 1}) head = varint(field << 3 | 2) + varint(head.size() + length) + head;
    length += head.size();
    heads.push_back(std::move(head));
  }
  std::string graph;
  for (std::size_t i = heads.size(); i-- > 0;) graph += heads[i];
  return graph;
}

TEST(HostileBytes, DepthIsLimitedWithoutRecursion) {
  EXPECT_NO_THROW(scan_wire(model_with_graph(nested_graphs(16)), WireRoot::model, {}));
  for (int depth : {17, 33, 34, 1000, 100'000})
    EXPECT_THAT(import_error(model_with_graph(nested_graphs(depth))), Is(ErrorCode::limit, "nested too deep"));
}

TEST(HostileBytes, NamesRanksAttributesAndMetadataAreLimited) {
  const std::string name(5000, 'n'), dims(17, '\x01');
  EXPECT_THAT(import_error(model_with_graph(blob(1, blob(1, name)))), Is(ErrorCode::limit, "5000 bytes"));
  EXPECT_THAT(import_error(model_with_graph(blob(5, blob(1, dims)))), Is(ErrorCode::limit, "dims"));
  std::string attributes, metadata, shape;
  for (int i = 0; i < 1001; ++i) attributes += blob(5, "");
  EXPECT_THAT(import_error(model_with_graph(blob(1, attributes))), Is(ErrorCode::limit, "attributes"));
  for (int i = 0; i < 17; ++i) shape += blob(1, "");
  EXPECT_THAT(import_error(model_with_graph(blob(11, blob(2, blob(1, blob(2, shape)))))), Is(ErrorCode::limit, "dims"));
  for (int i = 0; i < 70'000; ++i) metadata += blob(14, "");
  EXPECT_THAT(import_error(seeds()[0] + metadata), Is(ErrorCode::limit, "metadata"));
}

TEST(HostileBytes, LimitsCanBeRaised) {
  ImportOptions options;
  options.limits.name_bytes = 10'000;
  EXPECT_NO_THROW(import_text(13, input(std::string(5000, 'n'), "1") + output(std::string(5000, 'n')), "", options));
}

TEST(HostileBytes, HeaderIsChecked) {
  const std::string graph = "graph { name: \"g\" " + input("x", "1") + output("x") + "} ";
  const auto expect = [&](const std::string& header, ErrorCode code, const char* part) {
    EXPECT_THAT(import_error(parse_model(header).SerializeAsString()), Is(code, part)) << header;
  };
  const std::string opset = "opset_import { version: 13 } ";
  expect(graph + opset, ErrorCode::model, "ir_version");
  expect("ir_version: 0 " + graph + opset, ErrorCode::model, "ir_version");
  expect("ir_version: 2 " + graph + opset, ErrorCode::unsupported, "IR version");
  expect("ir_version: 999 " + graph + opset, ErrorCode::unsupported, "IR version");
  expect("ir_version: 8 " + graph, ErrorCode::model, "opset");
  expect("ir_version: 8 " + opset, ErrorCode::model, "no graph");
  expect("ir_version: 8 opset_import { version: 0 } " + graph, ErrorCode::model, "got 0");
  expect("ir_version: 8 opset_import { version: -1 } " + graph, ErrorCode::model, "got -1");
  expect("ir_version: 8 opset_import { version: 99 } " + graph, ErrorCode::unsupported, "opset_version=25");
  expect("ir_version: 8 " + opset + "opset_import { domain: \"ai.onnx\" version: 12 } " + graph, ErrorCode::model,
         "twice");
  expect("ir_version: 8 " + opset + graph + "metadata_props { key: \"a\" } metadata_props { key: \"a\" value: \"b\" }",
         ErrorCode::model, "twice");
}

TEST(HostileBytes, HeaderIsKept) {
  const auto model = import_text(13, input("x", "N") + output("x"),
                                 "producer_name: \"p\" producer_version: \"1\" domain: \"d\" doc_string: \"doc\" "
                                 "model_version: 7 metadata_props { key: \"k\" value: \"v\" } training_info { }");
  EXPECT_EQ(model.producer_name + model.producer_version + model.domain + model.doc_string, "p1ddoc");
  EXPECT_EQ(model.model_version, 7);
  EXPECT_EQ(model.ir_version, 8);
  EXPECT_THAT(model.metadata, testing::ElementsAre(testing::Pair("k", "v")));
  EXPECT_THAT(model.warnings, testing::Contains(testing::HasSubstr("training_info")));
  EXPECT_THAT(import_bytes(seeds()[0] + blob(26, "")).warnings,
              testing::ElementsAre("the model's device configurations are ignored"));
}

}  // namespace
}  // namespace rondo::test
