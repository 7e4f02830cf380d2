// rondo-recurrent-cases --seed S --count N --out DIR: random recurrent models with the oracle's answers, one folder of
// ONNX's test layout for each seed.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "oracle/recurrent_gate.h"
#include "oracle/recurrent_generator.h"
#include "oracle/recurrent_model.h"

int main(int argc, char** argv) {
  CLI::App app{"Writes random RNN, LSTM and GRU models with inputs and the reference's outputs"};
  std::uint64_t seed = 1, count = 1;
  std::string out;
  bool keep_chaotic = false;
  app.add_option("--seed", seed, "First seed")->capture_default_str();
  app.add_option("--count", count, "How many seeds")->capture_default_str();
  app.add_option("--out", out, "Folder for the case_SEED folders")->required();
  app.add_flag("--keep-chaotic", keep_chaotic, "Also write cases whose outputs cannot be compared as a whole");
  CLI11_PARSE(app, argc, argv);
  try {
    for (std::uint64_t s = seed; s < seed + count; ++s) {
      const rondo::oracle::RecurrentCase c = rondo::oracle::draw(s);
      const rondo::oracle::RecurrentResult result = rondo::oracle::run_oracle(c);
      const bool chaotic = rondo::oracle::tolerance(c, result).chaotic;
      std::cout << rondo::oracle::describe(c) << (chaotic ? " (chaotic)" : "") << '\n';
      if (chaotic && !keep_chaotic) continue;
      rondo::oracle::write_folder(c, result, std::filesystem::path(out) / ("case_" + std::to_string(s)));
    }
  } catch (const std::exception& error) {
    std::cerr << "rondo-recurrent-cases: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
