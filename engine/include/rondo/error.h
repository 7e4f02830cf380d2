// The one exception type of the library, thrown by load, compile, bind and export. The command maps code to its exit
// code.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/export.h"

namespace rondo {

enum class ErrorCode {
  usage,        // exit 2: the call itself is wrong
  model,        // exit 3: the model is malformed or invalid
  unsupported,  // exit 4: valid ONNX that this engine does not run
  data,         // exit 5: an input tensor or data set is bad
  limit,        // exit 6: a resource limit was reached
  memory,       // exit 6: out of memory
  io,           // exit 7: file missing, unreadable, disk full
  numeric,      // exit 8: NaN or Inf where none may be
  state,        // exit 9: run directory in use, checkpoint of another model
};

// "E_MODEL", "E_UNSUP", ...
RONDO_API std::string_view name_of(ErrorCode code) noexcept;
RONDO_API int exit_code(ErrorCode code) noexcept;

// Where an error happened. Empty strings and negative numbers mean "does not apply".
struct Where {
  std::string file;
  std::int64_t byte = -1;
  std::string node;
  std::string op;
  std::int64_t node_index = -1;
  std::string graph;
  std::string attribute;
};

// what() is the whole line of the error contract, names escaped, without a newline:
//   error[E_MODEL] m.onnx@12: node 'n' (LSTM #3, graph 'g'): <what> (got .., expected ..). Fix: <action>.
// Fields are added fluently where they are known, also by a caller further up that catches and rethrows:
//   throw Error(ErrorCode::model, "W has the wrong shape").got("[1,12,4]").expected("[1,16,4]").fix("export again");
class RONDO_API Error : public std::exception {
 public:
  Error(ErrorCode code, std::string what);

  Error& got(std::string text);
  Error& expected(std::string text);
  Error& fix(std::string action);
  Error& at_file(std::string file, std::int64_t byte = -1);
  Error& at_node(std::string node, std::string op, std::int64_t index, std::string graph);
  Error& at_attribute(std::string name);
  Error& also(std::string other);  // one more finding of the same kind, such as the next unsupported node

  const char* what() const noexcept override { return line_.c_str(); }

  ErrorCode code() const noexcept { return code_; }
  const Where& where() const noexcept { return where_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& got() const noexcept { return got_; }
  const std::string& expected() const noexcept { return expected_; }
  const std::string& fix() const noexcept { return fix_; }
  const std::vector<std::string>& others() const noexcept { return others_; }

 private:
  void compose();

  ErrorCode code_;
  Where where_;
  std::string message_, got_, expected_, fix_;
  std::vector<std::string> others_;
  std::string line_;
};

}  // namespace rondo
