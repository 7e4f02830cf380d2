// Cases of quantization and of integer products.
#include <limits>

#include "op_case.h"

namespace rondo::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr DType f32 = DType::float32, f16 = DType::float16, bf16 = DType::bfloat16, i32 = DType::int32;
constexpr DType u8 = DType::uint8, i8 = DType::int8, u16 = DType::uint16, i16 = DType::int16;

AttrValue type(DType t) { return static_cast<std::int64_t>(t); }
Data one(DType t, double v) { return typed(t, {}, {v}); }
Data list(DType t, std::vector<double> v) {
  const auto n = static_cast<std::int64_t>(v.size());
  return typed(t, {n}, std::move(v));
}

std::vector<OpCase> quantizations() {
  const Data x = list(f32, {-3, -1, 1, 3, 5, 1000, -1000, kNan, kInf, -kInf});
  const Data grid = typed(f32, {2, 3}, {1, 2, 3, 4, 5, 6});
  return {
      {"QuantizeLinear",
       {},
       {x, one(f32, 2), one(u8, 128)},
       {list(u8, {126, 128, 128, 130, 130, 255, 0, 128, 255, 0})}},
      {"QuantizeLinear", {}, {x, one(f32, 2), one(i8, 0)}, {list(i8, {-2, 0, 0, 2, 2, 127, -128, 0, 127, -128})}},
      {"QuantizeLinear", {}, {list(f32, {1, 600}), one(f32, 2)}, {list(u8, {0, 255})}},
      {"QuantizeLinear",
       {{"output_dtype", type(i16)}},
       {list(f32, {1e9, -1e9, 2.5}), list(f32, {1})},
       {list(i16, {32767, -32768, 2})}},
      {"QuantizeLinear", {}, {list(f32, {1e9, 3}), one(f32, 1), one(u16, 1)}, {list(u16, {65535, 4})}},
      {"QuantizeLinear",
       {},
       {grid, list(f32, {1, 2, 4}), list(u8, {0, 1, 2})},
       {typed(u8, {2, 3}, {1, 2, 3, 4, 3, 4})}},
      {"QuantizeLinear", {{"axis", -2}}, {grid, list(f32, {1, 2})}, {typed(u8, {2, 3}, {1, 2, 3, 2, 2, 3})}},
      {"QuantizeLinear",
       {{"block_size", 2}},
       {grid, typed(f32, {2, 2}, {1, 3, 2, 6}), typed(i8, {2, 2}, {0, 10, -10, 0})},
       {typed(i8, {2, 3}, {1, 2, 11, -8, -8, 1})}},
      {"QuantizeLinear",
       {{"block_size", 2}, {"axis", 0}},
       {typed(f32, {3, 1}, {4, 8, 9}), typed(f32, {2, 1}, {4, 3})},
       {typed(u8, {3, 1}, {1, 2, 3})}},
      {"QuantizeLinear", {}, {list(i32, {7, -7, 2147483647}), one(i32, 2), one(i8, 0)}, {list(i8, {4, -4, 127})}},
      // 1025/2 = 512.5, which float16 holds; 2049/4 it rounds to 512.
      {"QuantizeLinear", {}, {list(f16, {1025}), one(f16, 2), one(u16, 0)}, {list(u16, {512})}},
      {"QuantizeLinear", {}, {list(f32, {2049}), one(f32, 4), one(u16, 1)}, {list(u16, {513})}},
      {"QuantizeLinear", {}, {list(f32, {1027}), one(bf16, 1), one(u16, 0)}, {list(u16, {1024})}},
      {"QuantizeLinear",
       {{"precision", type(f32)}},
       {list(f32, {1027}), one(bf16, 1), one(u16, 0)},
       {list(u16, {1027})}},
      {"QuantizeLinear", {}, {list(f32, {0, 1, -1}), one(f32, 0)}, {list(u8, {0, 255, 0})}},
      {"QuantizeLinear", {}, {typed(f32, {0, 3}, {}), list(f32, {1, 2, 4})}, {typed(u8, {0, 3}, {})}},
      {"QuantizeLinear", {}, {one(f32, 4), one(f32, 2)}, {one(u8, 2)}},
      {"QuantizeLinear", {}, {any({3}, {3, 5, 96}), any({}, {2}), one(u8, 1)}, {list(u8, {3, 3, 49})}},
  };
}

std::vector<OpCase> dequantizations() {
  const Data grid = typed(u8, {2, 3}, {0, 3, 128, 255, 1, 2});
  return {
      {"DequantizeLinear",
       {},
       {grid, one(f32, 2), one(u8, 128)},
       {typed(f32, {2, 3}, {-256, -250, 0, 254, -254, -252})}},
      {"DequantizeLinear", {}, {list(i8, {-128, 127}), one(f32, 0.5)}, {list(f32, {-64, 63.5})}},
      {"DequantizeLinear",
       {{"axis", 1}},
       {grid, list(f32, {2, 4, 5}), list(u8, {1, 0, 128})},
       {typed(f32, {2, 3}, {-2, 12, 0, 508, 4, -630})}},
      {"DequantizeLinear", {{"axis", -2}}, {grid, list(f32, {1, -2})}, {typed(f32, {2, 3}, {0, 3, 128, -510, -2, -4})}},
      {"DequantizeLinear",
       {{"block_size", 2}, {"axis", 1}},
       {grid, typed(f32, {2, 2}, {1, 2, 3, 4}), typed(u8, {2, 2}, {0, 128, 255, 0})},
       {typed(f32, {2, 3}, {0, 3, 0, 0, -762, 8})}},
      {"DequantizeLinear", {}, {list(i32, {-2147483648.0, 3}), one(f32, 1)}, {list(f32, {-2147483648.0, 3})}},
      {"DequantizeLinear", {}, {list(i16, {-32768, 5}), one(f16, 1), one(i16, 5)}, {list(f16, {-32768, 0})}},
      {"DequantizeLinear",
       {{"output_dtype", type(f32)}},
       {list(u16, {65535}), one(bf16, 2), one(u16, 65533)},
       {list(f32, {4})}},
      {"DequantizeLinear", {{"output_dtype", type(bf16)}}, {list(u8, {3}), one(f32, 1.5)}, {list(bf16, {4.5})}},
      {"DequantizeLinear", {}, {list(u8, {}), one(f32, 1)}, {list(f32, {})}},
      {"DequantizeLinear", {}, {list(u8, {1, 0}), one(f32, kNan)}, {list(f32, {kNan, kNan})}},
      {"DynamicQuantizeLinear",
       {},
       {list(f32, {0, 2, -3, -2.5, 1.34, 0.5})},
       {list(u8, {153, 255, 0, 26, 221, 179}), one(f32, 5.0 / 255), one(u8, 153)}},
      {"DynamicQuantizeLinear", {}, {list(f32, {255, 51})}, {list(u8, {255, 51}), one(f32, 1), one(u8, 0)}},
      {"DynamicQuantizeLinear", {}, {list(f32, {-255, -1})}, {list(u8, {0, 254}), one(f32, 1), one(u8, 255)}},
      {"DynamicQuantizeLinear", {}, {list(f32, {0, 0})}, {list(u8, {0, 0}), one(f32, 1), one(u8, 0)}},
      {"DynamicQuantizeLinear", {}, {typed(f32, {0, 2}, {})}, {typed(u8, {0, 2}, {}), one(f32, 1), one(u8, 0)}},
      {"DynamicQuantizeLinear", {}, {list(f32, {1, kNan})}, {list(u8, {0, 0}), one(f32, kNan), one(u8, 0)}},
  };
}

std::vector<OpCase> products() {
  const Data a = typed(u8, {2, 3}, {11, 7, 3, 10, 6, 2}), b = typed(u8, {3, 2}, {1, 4, 2, 5, 3, 6});
  return {
      {"MatMulInteger", {}, {a, b, one(u8, 12), one(u8, 0)}, {typed(i32, {2, 2}, {-38, -83, -44, -98})}},
      {"MatMulInteger", {}, {a, b}, {typed(i32, {2, 2}, {34, 97, 28, 82})}},
      {"MatMulInteger", {}, {a, b, absent(), list(u8, {1, 4})}, {typed(i32, {2, 2}, {13, 13, 10, 10})}},
      {"MatMulInteger", {}, {a, b, list(u8, {3, 2}), list(u8, {1})}, {typed(i32, {2, 2}, {4, 40, 4, 40})}},
      {"MatMulInteger",
       {},
       {typed(i8, {2, 1, 2}, {-128, 127, 1, 2}), typed(u8, {2}, {255, 1}), typed(i8, {2, 1, 1}, {0, 1})},
       {typed(i32, {2, 1}, {-32513, 1})}},
      {"MatMulInteger",
       {},
       {typed(i8, {1, 2}, {1, 2}), typed(i8, {2, 2, 1}, {1, 2, 3, 4}), absent(), typed(i8, {2, 1, 1}, {1, 3})},
       {typed(i32, {2, 1, 1}, {2, 2})}},
      {"MatMulInteger", {}, {typed(i8, {3}, {1, 2, 3}), typed(i8, {3}, {4, 5, 6})}, {one(i32, 32)}},
      {"MatMulInteger", {}, {typed(i8, {2, 0}, {}), typed(i8, {0, 1}, {})}, {typed(i32, {2, 1}, {0, 0})}},
      {"MatMulInteger", {}, {typed(i8, {0, 2}, {}), typed(u8, {2, 1}, {1, 2})}, {typed(i32, {0, 1}, {})}},
  };
}

}  // namespace

std::vector<OpCase> quantize_cases() {
  std::vector<OpCase> cases;
  for (const auto& more : {quantizations(), dequantizations(), products()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

std::vector<BadCase> bad_quantize_cases() {
  const Data six = typed(f32, {2, 3}, {1, 2, 3, 4, 5, 6}), bytes = typed(u8, {2, 3}, {1, 2, 3, 4, 5, 6});
  const Data pair = list(f32, {1, 2});
  return {
      {"QuantizeLinear", {}, {six, pair}, "one number for each place on axis 1"},
      {"QuantizeLinear", {{"axis", 2}}, {six, pair}, "axis is out of range"},
      {"QuantizeLinear", {}, {six, typed(f32, {1, 3}, {1, 2, 3})}, "wrong shape"},
      {"QuantizeLinear", {}, {six, one(f32, 1), list(u8, {0, 0})}, "another shape than the scale"},
      {"QuantizeLinear", {{"block_size", -1}}, {six, one(f32, 1)}, "block_size is negative"},
      {"QuantizeLinear", {{"block_size", 2}}, {six, typed(f32, {2, 3}, {1, 2, 3, 4, 5, 6})}, "in blocks of 2"},
      {"QuantizeLinear", {{"block_size", 2}}, {six, one(f32, 1)}, "in blocks of 2"},
      {"QuantizeLinear", {{"output_dtype", type(i8)}}, {six, one(f32, 1), one(u8, 0)}, "not the type of y_zero_point"},
      {"QuantizeLinear", {{"output_dtype", type(f32)}}, {six, one(f32, 1)}, "no such element type"},
      {"QuantizeLinear", {{"precision", 3}}, {six, one(f32, 1)}, "no such element type"},
      {"QuantizeLinear", {}, {six, one(f32, 1), one(i32, 0)}, "does not take"},
      {"DequantizeLinear", {}, {bytes, one(f32, 1), one(i8, 0)}, "another element type"},
      {"DequantizeLinear", {{"output_dtype", 99}}, {bytes, one(f32, 1)}, "no such element type"},
      {"DequantizeLinear", {}, {bytes, pair}, "one number for each place on axis 1"},
      {"DequantizeLinear", {{"axis", -3}}, {bytes, pair}, "axis is out of range"},
      {"DequantizeLinear", {{"block_size", 3}}, {bytes, typed(f32, {3, 1}, {1, 2, 3})}, "in blocks of 3"},
      {"DynamicQuantizeLinear", {}, {list(DType::float64, {1})}, "does not take", 3},
      {"MatMulInteger", {}, {bytes, bytes}, "inner dims"},
      {"MatMulInteger", {}, {bytes, typed(i8, {3, 1}, {1, 2, 3}), list(u8, {1, 2, 3})}, "a_zero_point has the wrong"},
      {"MatMulInteger", {}, {bytes, typed(i8, {3, 1}, {1, 2, 3}), absent(), list(i8, {1, 2})}, "b_zero_point has the"},
      {"MatMulInteger", {}, {bytes, typed(u8, {3, 1}, {1, 2, 3}), typed(u8, {1, 2}, {1, 2})}, "a_zero_point has the"},
      {"MatMulInteger", {}, {bytes, typed(u8, {3, 1}, {1, 2, 3}), one(i8, 1)}, "another element type"},
  };
}

}  // namespace rondo::test
