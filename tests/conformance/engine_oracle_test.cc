// The engine against the oracle on random recurrent models: 1,500 of them on every instruction set and backend here.
#include <gtest/gtest.h>

#include "conformance/recurrent_check.h"
#include "conformance/recurrent_properties.h"
#include "oracle/recurrent_generator.h"

namespace rondo::conformance {
namespace {

constexpr std::uint64_t kSeeds = 1500, kBlocks = 3, kPropertySeeds = 240;

class EngineAndOracle : public testing::TestWithParam<std::tuple<Choice, std::uint64_t>> {};

TEST_P(EngineAndOracle, Agree) {
  const auto& [choice, block] = GetParam();
  for (std::uint64_t seed = block * kSeeds / kBlocks + 1; seed <= (block + 1) * kSeeds / kBlocks; ++seed) {
    const oracle::RecurrentCase c = oracle::draw(seed);
    for (const std::string& failure : check_case(c, choice).failures)
      ADD_FAILURE() << failure << "\nagain: " << reproduction(c, choice);
  }
}

std::string name_of_block(const testing::TestParamInfo<EngineAndOracle::ParamType>& param_info) {
  const auto& [choice, block] = param_info.param;
  return test_name(choice) + "_" + std::to_string(block);
}

INSTANTIATE_TEST_SUITE_P(Random, EngineAndOracle,
                         testing::Combine(testing::ValuesIn(choices()), testing::Range<std::uint64_t>(0, kBlocks)),
                         name_of_block);

class EngineBits : public testing::TestWithParam<Choice> {};

TEST_P(EngineBits, StayTheSame) {
  for (std::uint64_t seed = 1; seed <= kPropertySeeds; ++seed) {
    const oracle::RecurrentCase c = oracle::draw(seed);
    for (const std::string& failure : compare_bits(c, GetParam()).failures)
      ADD_FAILURE() << failure << "\nagain: " << reproduction(c, GetParam(), true);
  }
}

INSTANTIATE_TEST_SUITE_P(Random, EngineBits, testing::ValuesIn(choices()),
                         [](const auto& param_info) { return test_name(param_info.param); });

}  // namespace
}  // namespace rondo::conformance
