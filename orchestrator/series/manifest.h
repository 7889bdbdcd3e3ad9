// manifest.json: where a series came from and what each of its commits does, for programs. Its
// schema is docs/schema/manifest.schema.json.
#pragma once

#include "series/series.h"
#include "support/error.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace killify {

inline constexpr const char* kManifestName = "manifest.json";

struct ManifestCommit {
  Oid oid;
  std::string subject;
  unsigned posting = 0;    // from 1; 0 where the series is one posting
  std::string patch_file;  // below the output
  std::vector<std::string> files;
  std::vector<std::string> semantic_patches;
  std::vector<std::string> to;
  std::vector<std::string> cc;
  std::string kind;                  // prepare | thread | convert
  std::string step;                  // its name in the plan
  std::vector<std::string> needs;    // names of the steps that it builds upon
  std::vector<std::string> enables;  // and of those that build upon it
  std::vector<Addition> additions;
  std::vector<SiteChange> sites;
  std::vector<std::string> dropped_exports;
};

struct Manifest {
  Oid base_commit;
  std::string kernel_version;
  std::string module;  // whose commits these are, where they are not the kernel's
  std::string series;
  std::string branch;
  unsigned reroll = 1;
  std::string killify_version;
  std::string spatch_version;
  std::vector<SemanticPatchUsed> semantic_patches;
  std::vector<ManifestCommit> commits;
  std::vector<LeftOut> left_out;
  std::map<std::string, std::string> outputs;  // the mails: file name -> SHA-256
};

// `outputs` are left empty.
[[nodiscard]] Manifest make_manifest(const Series& series);

[[nodiscard]] std::string manifest_json(const Manifest& manifest);

// An error names the file, and the line where it is not JSON.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& file);

}  // namespace killify
