#include "base/way_out.h"

#include <array>
#include <cerrno>

namespace rondo {
namespace {

struct SystemRow {
  int number;
  const char* way_out;
};
constexpr std::array<SystemRow, 15> kSystem{{{ENOENT, "check the path"},
                                             {ENOTDIR, "check the path"},
                                             {ELOOP, "check the path"},
                                             {ENAMETOOLONG, "give a shorter path"},
                                             {EISDIR, "name a file in that folder"},
                                             {EEXIST, "choose another name"},
                                             {EACCES, "ask for permission, or choose another place"},
                                             {EPERM, "ask for permission, or choose another place"},
                                             {EROFS, "choose a folder that can be written"},
                                             {ENOSPC, "free space there, or choose another disk"},
                                             {EDQUOT, "free space there, or choose another disk"},
                                             {EFBIG, "raise the limit of file sizes (ulimit -f)"},
                                             {EMFILE, "raise the limit of open files (ulimit -n)"},
                                             {ENFILE, "close other programs, or raise the system's limit of files"},
                                             {EPIPE, "keep the reader of the pipe open"}}};

std::string change_of_model(const Where& where) {
  if (!where.attribute.empty()) return "change '" + where.attribute + "' where the model is made, and export it again";
  if (!where.op.empty()) return "correct this node where the model is made, and export it again";
  return "export the model again";
}

std::string way_out_for(const Error& error, const std::string& inputs) {
  switch (error.code()) {
    case ErrorCode::model:
      return change_of_model(error.where());
    case ErrorCode::unsupported:
      return error.where().op.empty() ? "export the model without it"
                                      : "export the model with other operators in place of this node";
    case ErrorCode::data:
      return inputs.empty() ? "give other data" : "give inputs that fit; the model takes " + inputs;
    case ErrorCode::limit:
      return "use smaller sizes, or raise the limit if you trust the model";
    case ErrorCode::memory:
      return "use smaller inputs, or free memory";
    case ErrorCode::usage:
    case ErrorCode::io:
    case ErrorCode::numeric:
    case ErrorCode::state:
      break;
  }
  return "";
}

}  // namespace

void add_way_out(Error& error, const std::string& inputs) {
  if (!error.fix().empty()) return;
  if (std::string fix = way_out_for(error, inputs); !fix.empty()) error.fix(std::move(fix));
}

std::string way_out_of(int error_number) {
  for (const SystemRow& row : kSystem)
    if (row.number == error_number) return row.way_out;
  return "check the path and the disk it is on";
}

}  // namespace rondo
