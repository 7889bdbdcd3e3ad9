// Everything about one function or one finding: each way with its source, and why the verdict is
// what it is.
#pragma once

#include "report/audited_tree.h"
#include "support/colour.h"
#include "support/error.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace killify {

// What a question is about. A handler without findings is an answer, too.
struct Explanation {
  std::string question;
  CampaignWords words;
  std::vector<Handler> handlers;  // registrations of the handler asked for
  std::vector<Finding> findings;
  std::vector<Note> notes;     // on the handler asked for
  PlannedById planned;         // what the plan does with these; empty where none was made
  std::size_t unanswered = 0;  // questions of the audit that spatch gave no answer to
  std::vector<UnresolvedCall> unresolved;  // that the handler asked for can come to
  bool all_known = true;                   // nothing else can hide a sleep of it
};

// The findings whose id begins with `question`, or of which it is the handler, the sleep, or a
// function on a chain. The error for something unknown suggests a near name.
[[nodiscard]] Result<Explanation> find_explanation(const AuditedTree& tree,
                                                   const std::string& question);

// The text of a file of the tree.
using ReadSource = std::function<Result<std::string>(const std::string& path)>;

[[nodiscard]] Result<std::string> explain_text(const Explanation& explanation,
                                               const ReadSource& read, const Paint& paint,
                                               std::size_t width);

// Schema killify.explain/1 (docs/schema/explain.schema.json).
[[nodiscard]] Result<std::string> explain_json(const AuditedTree& tree,
                                               const Explanation& explanation,
                                               const ReadSource& read);

}  // namespace killify
