// A series ready to be written: its commits and what is known about how they came to be.
#pragma once

#include "series/change.h"
#include "series/message_template.h"
#include "series/recipients.h"
#include "spec/series_spec.h"
#include "tree/repository.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

// A semantic patch that had a part in a commit, or what it includes, and which text of it.
struct SemanticPatchUsed {
  std::string path;  // relative to semantic-patches/
  std::string sha256;
  bool operator==(const SemanticPatchUsed&) const = default;
};

struct Series {
  std::string name;
  std::string title;                        // subject of the cover letter
  std::string root = CampaignWords().root;  // what the functions are called that it is about
  std::filesystem::path cover_template;
  CommitInfo base;
  std::string kernel_version;
  std::string module;  // whose repository `base` is of, where that is not the kernel's
  std::string branch;
  unsigned reroll = 1;  // 2 for the second version, and so on
  Signature identity;   // the author of all
  std::string spatch_version;
  std::vector<SemanticPatchUsed> semantic_patches;
  std::vector<SeriesCommit> commits;
  std::vector<LeftOut> left_out;
  std::vector<std::string> unseen;           // what could not be looked at, one line each
  std::vector<SubjectPrefix> prefixes;       // that tell subsystems apart
  std::vector<Recipients> cover_recipients;  // by posting
  std::string command;                       // that makes the patches again; "" where nobody said
  std::string guideline;  // the tree's own on generated content, its path; "" where it has none
  std::string verified;   // a sentence about how its commits were built; "" where they were not
  std::string proof;      // paragraphs about an experiment with this series; "" without one
  TemplateValues words;   // what else its cover template may name
  std::string changelog;  // what changed since the version before, in the user's words
};

}  // namespace killify
