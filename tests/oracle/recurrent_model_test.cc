#include "oracle/recurrent_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "oracle/activation.h"
#include "oracle/recurrent_generator.h"
#include "oracle/tensor_values.h"

namespace rondo::oracle {
namespace {

class ScratchFolder {
 public:
  ScratchFolder() : path_(std::filesystem::temp_directory_path() / ("rondo-oracle-" + std::to_string(::getpid()))) {}
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

bool same(const Values& a, const Values& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}
bool same(const std::optional<Values>& a, const std::optional<Values>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

TEST(RecurrentModel, AFolderReadBackIsTheSameCase) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const ScratchFolder scratch;
    const RecurrentCase c = draw(seed);
    const RecurrentResult exact = run_oracle(c);
    write_folder(c, exact, scratch.path());
    const RecurrentFolder folder = read_folder(scratch.path());
    RecurrentCase back = folder.c;
    EXPECT_TRUE(same(back.X, c.X) && same(back.W, c.W) && same(back.R, c.R)) << describe(c);
    EXPECT_TRUE(same(back.B, c.B) && same(back.P, c.P)) << describe(c);
    EXPECT_TRUE(same(back.initial_h, c.initial_h) && same(back.initial_c, c.initial_c)) << describe(c);
    if (c.form.write_defaults && c.activations.empty()) {
      EXPECT_EQ(back.activations, default_activations(c)) << describe(c);
      back.activations.clear();
    }
    back.seed = c.seed;
    back.form = c.form;
    EXPECT_EQ(describe(back), describe(c));
    const std::vector<Tensor> outputs = wanted_outputs(c, exact);
    ASSERT_EQ(folder.outputs.size(), outputs.size());
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      EXPECT_TRUE(identical(folder.outputs[k].view(), outputs[k].view())) << describe(c);
    }
  }
}

TEST(RecurrentModel, RunTimeInputsAreTheOnesThatAreNoInitializers) {
  RecurrentCase c = draw(1);
  c.B.reset();
  c.sequence_lens.reset();
  c.initial_h = Values(static_cast<std::size_t>(c.D() * c.N * c.H), 0.5);
  c.initial_c.reset();
  c.P.reset();
  c.form = ModelForm{};
  c.wants_y = false;
  c.wants_y_h = true;
  c.wants_y_c = false;
  RecurrentModel model = to_model(c);
  EXPECT_EQ(model.input_names, (std::vector<std::string>{"X", "initial_h"}));
  EXPECT_EQ(model.output_names, std::vector<std::string>{"Y_h"});
  ASSERT_EQ(model.inputs.size(), 2U);
  EXPECT_EQ(model.inputs[0].shape(), c.x_shape());
  EXPECT_TRUE(same(to_values(model.inputs[0].view()), c.X));
  c.form.w_is_input = c.form.states_are_constant = true;
  model = to_model(c);
  EXPECT_EQ(model.input_names, (std::vector<std::string>{"X", "W"}));
}

TEST(RecurrentModel, ABrokenFolderIsRefused) { EXPECT_THROW(read_folder("/nonexistent"), std::runtime_error); }

}  // namespace
}  // namespace rondo::oracle
