#include "importers/data/checks.h"

#include <limits>

#include "importers/data/arrays.h"
#include "sample_data.h"

namespace rondo::test {
namespace {

using List = std::vector<std::int64_t>;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();

// Three samples of at most two steps of two numbers, the second one of one step.
Dataset with(std::vector<float> values) {
  std::vector<NamedArray> arrays;
  arrays.push_back({"x", floats({3, 2, 2}, std::move(values))});
  arrays.push_back({"lengths", whole({3}, {2, 1, 2})});
  arrays.push_back({"y", whole({3}, {0, 2, -100})});
  return dataset_of("d.npz", std::move(arrays));
}

TEST(CheckFinite, NamesTheFirstPlace) {
  Dataset set = with({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -kInf});
  const std::string says = failure_of([&] { check_finite(set, NonFinite::refuse); });
  EXPECT_NE(says.find("d.npz: 'x' of sample 2, step 1, element 1: -inf is not finite"), std::string::npos) << says;
  check_finite(set, NonFinite::allow);
  EXPECT_EQ(set.size(), 3);
}

TEST(CheckFinite, PaddingHoldsAnything) {
  Dataset set = with({1, 2, 3, 4, 5, 6, kNan, kInf, 9, 10, 11, 12});
  check_finite(set, NonFinite::refuse);
  EXPECT_EQ(set.skipped, 0);
}

TEST(CheckFinite, SkipLeavesSamplesOutAndCountsThem) {
  Dataset set = with({1, 2, 3, 4, kNan, 6, 7, 8, 9, 10, 11, 12});
  check_finite(set, NonFinite::skip);
  EXPECT_EQ(set.skipped, 1);
  EXPECT_EQ(set.size(), 2);
  EXPECT_EQ(set.find("x")->begins, (List{0, 4}));
  EXPECT_EQ(set.find("x")->lengths, (List{2, 2}));
  EXPECT_EQ(set.find("y")->begins, (List{0, 2}));
  Dataset none = with(std::vector<float>(12, kNan));
  failure_of([&] { check_finite(none, NonFinite::skip); });
}

TEST(Convert, WholeNumbersOnlyWhereTheTypeHasNoOthers) {
  Dataset set = with({1, 2, 3, 4, 5, 6, 0.5, kNan, 9, 10, 11, -12});
  convert(set, *set.find("x"), DType::int64);
  EXPECT_EQ(set.find("x")->data.values<std::int64_t>()[11], -12);
  EXPECT_EQ(set.find("x")->data.values<std::int64_t>()[7], 0) << "padding";
  Dataset fraction = with({1, 2, 3, 4, 5, 6.25, 7, 8, 9, 10, 11, 12});
  const std::string says = failure_of([&] { convert(fraction, *fraction.find("x"), DType::int64); });
  EXPECT_NE(says.find("'x' of sample 1, step 0, element 1: 6.25 is no int64"), std::string::npos) << says;
  Dataset large = with({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 4e9f});
  failure_of([&] { convert(large, *large.find("x"), DType::int32); });
  convert(large, *large.find("x"), DType::float64);
  EXPECT_EQ(large.find("x")->data.values<double>()[11], 4e9);
  convert(large, *large.find("y"), DType::float32);
  EXPECT_EQ(large.find("y")->data.values<float>()[2], -100.f);
  failure_of([&] { convert(large, *large.find("y"), DType::bfloat16); });
}

TEST(CountClasses, RefusesWhatIsNoClass) {
  const Dataset set = with(std::vector<float>(12, 0));
  EXPECT_EQ(count_classes(set, *set.find("y"), 3, -100), (List{1, 0, 1}));
  const std::string ignored = failure_of([&] { count_classes(set, *set.find("y"), 3, std::nullopt); });
  EXPECT_NE(ignored.find("'y' of sample 2: -100 is no class"), std::string::npos) << ignored;
  const std::string large = failure_of([&] { count_classes(set, *set.find("y"), 2, -100); });
  EXPECT_NE(large.find("sample 1: 2 is no class"), std::string::npos) << large;
  EXPECT_NE(large.find("0 to 1"), std::string::npos) << large;
}

TEST(FitRowShape, DimsOfOneComeAndGo) {
  const auto fitted = [](List shape, const List& expected) {
    Dataset set = with(std::vector<float>(12, 0));
    Field& x = *set.find("x");
    x.row_shape = std::move(shape);
    fit_row_shape(set, x, expected, "the model");
    return x.row_shape;
  };
  EXPECT_EQ(fitted({2}, {2}), (List{2}));
  EXPECT_EQ(fitted({2}, {-1}), (List{2}));
  EXPECT_EQ(fitted({}, {1}), (List{1}));
  EXPECT_EQ(fitted({1}, {}), (List{}));
  EXPECT_EQ(fitted({1}, {-1}), (List{1}));
  EXPECT_EQ(fitted({2}, {1, 2}), (List{1, 2}));
  EXPECT_EQ(fitted({2, 1}, {-1}), (List{2}));
  EXPECT_EQ(fitted({1, 2, 3}, {-1, 1, 3}), (List{2, 1, 3}));
  for (const auto& pair : std::vector<std::pair<List, List>>{
           {{2}, {3}}, {{2}, {}}, {{2, 3}, {3, 2}}, {{2, 2}, {2}}, {{2}, {2, 2}}, {{}, {2}}, {{2}, {-1, -1}}})
    failure_of([&] { fitted(pair.first, pair.second); });
}

TEST(FitRowShape, NamesBoth) {
  Dataset set = with(std::vector<float>(12, 0));
  const List three{3};
  const std::string says = failure_of([&] { fit_row_shape(set, *set.find("x"), three, "input 'x' of the model"); });
  EXPECT_NE(says.find("input 'x' of the model"), std::string::npos) << says;
  EXPECT_NE(says.find("[2] for each step"), std::string::npos) << says;
  EXPECT_NE(says.find("[3]"), std::string::npos) << says;
}

TEST(CheckApart, RefusesTheSameData) {
  const Dataset one = with(std::vector<float>(12, 0)), two = with(std::vector<float>(12, 1));
  Dataset copy = with(std::vector<float>(12, 0));
  failure_of([&] { check_apart(one, two); });
  copy.source = "e.npz";
  failure_of([&] { check_apart(one, copy); });
  copy.find("x")->data.values<float>()[0] = 1;
  check_apart(one, copy);
}

}  // namespace
}  // namespace rondo::test
