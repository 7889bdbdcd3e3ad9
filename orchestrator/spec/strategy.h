// A strategy: a series that a campaign brings along ready to be made, in the place of what a plan
// comes to. It changes what the roots run under, and the roots stay as they are.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

// Lines that go behind a field of a struct. By tokens: such structs are the ones that spatch cannot
// parse.
struct FieldEdit {
  std::string struct_name;
  std::string after;               // the field
  std::vector<std::string> lines;  // without the indentation, which is that of the field
  std::string place;               // in the strategy's file, for a complaint: FILE:LINE:COLUMN
};

struct StrategyCommit {
  std::string group;  // what it covers: a directory or a file of the tree
  std::vector<FieldEdit> fields;
  std::filesystem::path patch;          // a semantic patch; absolute
  std::filesystem::path template_file;  // of the message; absolute
  std::string place;                    // as of a FieldEdit
};

// A call that stands in a function of a tree that has what the strategy brings.
struct CallInPlace {
  std::string function;
  std::string calls;
};

struct Strategy {
  std::string name;  // "scope"
  std::filesystem::path file;
  std::string title;                  // subject of the cover letter
  std::vector<CallInPlace> in_place;  // all of them, or it is not there
  std::string reason;                 // why no root's sleep counts in such a tree
  std::vector<StrategyCommit> commits;
  std::filesystem::path cover_template;  // absolute
  // Takes out of the series what a proof has to miss; absolute, empty: there is none.
  std::filesystem::path control;
  bool prompt = false;  // a signal is as prompt as before where user mode causes a root's run
};

// Errors are as those of load_series().
[[nodiscard]] Result<Strategy> load_strategy(const std::string& name,
                                             const std::filesystem::path& file);

}  // namespace killify
