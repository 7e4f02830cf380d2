#include "importers/data/load.h"

#include <limits>

#include "exporters/onnx/tensor_file.h"
#include "importers/data/test_data_sets.h"
#include "importers/npy/npy.h"
#include "sample_data.h"

namespace rondo::test {
namespace {

using List = std::vector<std::int64_t>;

void put(const Folder& folder, const std::string& name, const Tensor& tensor, const std::string& inner = "") {
  std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
  write_tensor_file(folder / name, tensor.view(), inner, Overwrite::no);
}

TEST(TestDataSets, EachIsABatchOfSamples) {
  const Folder folder;
  // [T,N,F]; the numbers of the folders have no leading zeros.
  put(folder, "test_data_set_10/input_0.pb", counting({1, 1, 2}), "X");
  put(folder, "test_data_set_10/output_0.pb", whole({1}, {9}));
  put(folder, "test_data_set_2/input_0.pb", counting({2, 3, 2}), "X");
  put(folder, "test_data_set_2/output_0.pb", whole({3}, {4, 5, 6}));
  const Dataset set = load_dataset(folder / "", {.batch_axis = 1});
  EXPECT_EQ(set.size(), 4);
  const Field &x = *set.find("X"), &y = *set.find("output_0");
  EXPECT_EQ(x.lengths, (List{2, 2, 2, 1}));
  EXPECT_EQ(x.row_shape, (List{2}));
  // Sample 1 of the first: rows [0,1,:] and [1,1,:].
  const auto* row = reinterpret_cast<const float*>(x.row(2));
  EXPECT_EQ(row[0], 2.f);
  EXPECT_EQ(row[2], 8.f);
  EXPECT_TRUE(y.one_row);
  EXPECT_EQ(y.data.dtype(), DType::int64);
  EXPECT_EQ(y.data.values<std::int64_t>()[3], 9);
  EXPECT_EQ(read_test_data_sets(folder / "test_data_set_10", 1).size(), 1);
}

TEST(TestDataSets, RefusesWhatDoesNotFit) {
  const Folder folder;
  std::filesystem::create_directories(folder / "a");
  EXPECT_NE(failure_of([&] { read_test_data_sets(folder / "a"); }).find("no input_0.pb"), std::string::npos);
  put(folder, "b/input_0.pb", counting({2, 3}));
  put(folder, "b/output_0.pb", counting({3}));
  EXPECT_NE(failure_of([&] { read_test_data_sets(folder / "b"); }).find("different numbers"), std::string::npos);
  put(folder, "c/test_data_set_0/input_0.pb", counting({2, 3, 1}));
  put(folder, "c/test_data_set_1/input_0.pb", counting({2, 3, 2}));
  const std::string says = failure_of([&] { read_test_data_sets(folder / "c"); });
  EXPECT_NE(says.find("test_data_set_1/input_0.pb"), std::string::npos) << says;
  put(folder, "d/test_data_set_0/input_0.pb", counting({2}));
  put(folder, "d/test_data_set_1/input_0.pb", whole({1}, {1}));
  failure_of([&] { read_test_data_sets(folder / "d"); });
  put(folder, "e/input_0.pb", counting({}));
  failure_of([&] { read_test_data_sets(folder / "e"); });
  folder.write("f", "");
  std::filesystem::create_directories(folder / "g");
  folder.write("g/input_0.pb", "\xff\xff");
  failure_of([&] { read_test_data_sets(folder / "g"); });
  failure_of([&] { read_test_data_sets(folder / "absent"); }, ErrorCode::io);
}

TEST(LoadDataset, GoesByTheName) {
  const Folder folder;
  write_npy(folder / "a.npy", counting({2, 3}).view(), Overwrite::no);
  EXPECT_EQ(load_dataset(folder / "a.npy").fields[0].name, "x");
  EXPECT_EQ(load_dataset(folder.write("b.csv", "v\n1\n2\n")).size(), 2);
  EXPECT_EQ(load_dataset(folder.write("c.tsv", "v\tw\n1\t2\n")).fields[0].row_shape, (List{2}));
  EXPECT_EQ(load_dataset(folder.write("d.jsonl", "{\"x\": 1}\n")).size(), 1);
  const std::string says = failure_of([&] { load_dataset(folder.write("e.bin", "123")); });
  EXPECT_NE(says.find(".jsonl"), std::string::npos) << says;
  failure_of([&] { load_dataset(folder.write("f.csv", "v\nnan\n")); });
  failure_of([&] { load_dataset(folder / "absent.npz"); }, ErrorCode::io);
}

}  // namespace
}  // namespace rondo::test
