#include "importers/data/arrays.h"

#include "sample_data.h"

namespace rondo::test {
namespace {

using List = std::vector<std::int64_t>;

template <class... A>
Dataset arranged(A... arrays) {
  std::vector<NamedArray> all;
  (all.push_back(std::move(arrays)), ...);
  return dataset_of("d.npz", std::move(all));
}
NamedArray named(std::string name, Tensor tensor) { return {std::move(name), std::move(tensor)}; }

template <class... A>
std::string refused(A... arrays) {
  return failure_of([&] { arranged(std::move(arrays)...); });
}

TEST(Arrays, DenseWithoutLengths) {
  const Dataset set = arranged(named("x", counting({2, 3, 4})), named("y", whole({2}, {1, 0})));
  EXPECT_EQ(set.size(), 2);
  const Field& x = *set.find("x");
  EXPECT_EQ(x.row_shape, (List{4}));
  EXPECT_EQ(x.begins, (List{0, 3}));
  EXPECT_EQ(x.lengths, (List{3, 3}));
  EXPECT_FALSE(x.one_row);
  EXPECT_FALSE(x.ragged());
  EXPECT_EQ(x.row_elements(), 4);
  const Field& y = *set.find("y");
  EXPECT_TRUE(y.one_row);
  EXPECT_TRUE(y.row_shape.empty());
  EXPECT_EQ(y.row_bytes(), 8u);
  EXPECT_EQ(set.find("z"), nullptr);
}

TEST(Arrays, LengthsCountTheStepsOfAllArraysThatHaveAsMany) {
  const Dataset set = arranged(named("static", counting({2, 5})), named("x", counting({2, 3, 4})),
                               named("lengths", whole({2}, {3, 1})), named("tags", whole({2, 3}, {1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(set.find("x")->lengths, (List{3, 1}));
  EXPECT_EQ(set.find("x")->begins, (List{0, 3}));
  EXPECT_EQ(set.find("tags")->lengths, (List{3, 1}));
  EXPECT_EQ(set.find("static")->lengths, (List{5, 5}));
  EXPECT_EQ(set.fields.size(), 3u);
  EXPECT_TRUE(set.find("x")->ragged());
  EXPECT_EQ(set.find("x")->longest(), 3);
}

TEST(Arrays, LengthsOfOneArray) {
  const Dataset set = arranged(named("x", counting({2, 3, 1})), named("y", whole({2, 4}, {1, 1, 1, 1, 1, 1, 1, 1})),
                               named("y_lengths", tensor_of<std::int32_t>(DType::int32, {2}, {4, 0})));
  EXPECT_EQ(set.find("y")->lengths, (List{4, 0}));
  EXPECT_EQ(set.find("x")->lengths, (List{3, 3}));
}

TEST(Arrays, FlatWithOffsets) {
  const Dataset set = arranged(named("x", counting({5, 2})), named("offsets", whole({4}, {0, 3, 3, 5})),
                               named("y", whole({3}, {7, 8, 9})), named("tags", whole({5}, {1, 2, 3, 4, 5})));
  EXPECT_EQ(set.size(), 3);
  EXPECT_EQ(set.find("x")->begins, (List{0, 3, 3}));
  EXPECT_EQ(set.find("x")->lengths, (List{3, 0, 2}));
  EXPECT_EQ(set.find("tags")->lengths, (List{3, 0, 2}));
  EXPECT_TRUE(set.find("y")->one_row);
  EXPECT_EQ(set.find("y")->lengths, (List{1, 1, 1}));
}

TEST(Arrays, RefuseWhatDoesNotFit) {
  EXPECT_NE(refused(named("x", counting({2, 3})), named("y", whole({3}, {0, 0, 0}))).find("numbers of samples"),
            std::string::npos);
  EXPECT_NE(refused(named("x", counting({2, 3, 1})), named("lengths", whole({2}, {3, 4}))).find("'lengths'[1]"),
            std::string::npos);
  EXPECT_NE(refused(named("x", counting({2, 3, 1})), named("lengths", whole({2}, {-1, 3}))).find("'lengths'[0]"),
            std::string::npos);
  refused(named("x", counting({2, 3, 1})), named("lengths", whole({1}, {3})));
  refused(named("x", counting({2, 3, 1})), named("lengths", floats({2}, {3, 3})));
  refused(named("x", counting({2})), named("lengths", whole({2}, {1, 1})));
  refused(named("x", counting({2, 3, 1})), named("z_lengths", whole({2}, {1, 1})));
  refused(named("x", counting({5, 2})), named("offsets", whole({3}, {0, 3, 4})));
  refused(named("x", counting({5, 2})), named("offsets", whole({3}, {1, 3, 5})));
  EXPECT_NE(refused(named("x", counting({5, 2})), named("offsets", whole({4}, {0, 4, 3, 5}))).find("goes down"),
            std::string::npos);
  refused(named("x", counting({5, 2})), named("offsets", whole({0}, {})));
  EXPECT_NE(refused(named("x", counting({0, 2}))).find("no samples"), std::string::npos);
  refused(named("x", counting({})));
  refused(named("x", counting({2})), named("x", counting({2})));
  refused(named("lengths", whole({2}, {1, 1})));
  refused();
}

TEST(Fingerprint, IsThatOfTheData) {
  const auto of = [](std::vector<float> values, List lengths) {
    return fingerprint(
        arranged(named("x", floats({2, 3, 1}, std::move(values))), named("lengths", whole({2}, lengths))));
  };
  const std::uint64_t one = of({1, 2, 3, 4, 5, 6}, {3, 2});
  EXPECT_EQ(one, of({1, 2, 3, 4, 5, 6}, {3, 2}));
  EXPECT_NE(one, of({1, 2, 3, 4, 5, 7}, {3, 2}));
  EXPECT_NE(one, of({1, 2, 3, 4, 5, 6}, {3, 1}));
  EXPECT_NE(fingerprint(arranged(named("x", counting({2, 3})))), fingerprint(arranged(named("y", counting({2, 3})))));
  EXPECT_NE(fingerprint(arranged(named("x", counting({2, 3})))),
            fingerprint(arranged(named("x", counting({2, 3, 1})))));
}

}  // namespace
}  // namespace rondo::test
