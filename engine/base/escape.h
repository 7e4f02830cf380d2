// Names from files made safe to print: control bytes, quotes' own escapes and invalid UTF-8 become \xNN, long texts are
// cut.
#pragma once

#include <string>
#include <string_view>

namespace rondo {

std::string escaped(std::string_view text);

}  // namespace rondo
