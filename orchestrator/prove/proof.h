// What `killify prove` found, and how it is told.
#pragma once

#include "prove/rule.h"
#include "prove/trial.h"
#include "support/colour.h"
#include "support/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

// One kernel that was booted.
struct BootedKernel {
  std::string role{};                  // "before", "after", "control"; "stock" is both
  std::string release{};               // what it calls itself
  std::string source{};                // a commit, or a package with its version
  std::string tree{};                  // of the commit; "" of a package
  std::string configuration{};         // "lean", "lean-locking"; a package's own
  std::vector<std::string> missing{};  // what the configuration asks for and the tree does not have
  std::vector<UnusableDevice> unusable{};
  std::vector<std::string> complaints{};  // that it printed
  std::string trouble{};                  // why its machine did not come to the end; "" if it did
  std::string tail{};                     // of its console, where there was trouble
  std::string log{};                      // the console's file
  double seconds = 0;
};

enum class ProofVerdict { kProven, kRefuted, kNotJudged };

[[nodiscard]] std::string_view proof_verdict_name(ProofVerdict verdict);

struct Proof {
  std::string qemu;  // its version
  std::string accelerator;
  std::vector<BootedKernel> kernels;
  std::vector<Path> paths;
  bool series = false;  // of a series, not of the shapes alone

  // Refuted: a path is, or a control is not, or a kernel complained. Not judged: a machine did not
  // come to its end, a path lacks trials, or no driver of a series is converted.
  [[nodiscard]] ProofVerdict verdict() const;
  [[nodiscard]] Exit exit() const;
};

// What such an experiment leaves open; part of every report.
[[nodiscard]] std::vector<std::string> limits_of(const Proof& proof);

// The table: for each path a line before and a line after.
[[nodiscard]] std::string proof_table(const Proof& proof, const Paint& paint);
[[nodiscard]] std::string proof_text(const Proof& proof, const Paint& paint);

// Paragraphs with the table, for a mail.
[[nodiscard]] std::string proof_paragraphs(const Proof& proof);

// Schema killify.prove/1 (docs/schema/prove.schema.json), and back.
[[nodiscard]] std::string proof_json(const Proof& proof);
[[nodiscard]] Result<Proof> read_proof(std::string_view text, std::string_view name);

}  // namespace killify
