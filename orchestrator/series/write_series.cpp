#include "series/write_series.h"

#include "series/commits.h"
#include "series/cover_letter.h"
#include "series/left_alone.h"
#include "series/manifest.h"
#include "series/patch_file.h"
#include "series/postings.h"
#include "support/digest.h"
#include "support/files.h"
#include "support/temp_dir.h"

#include <fcntl.h>
#include <stdio.h>

#include <cerrno>
#include <system_error>
#include <tuple>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

struct OutputFile {
  std::string name;
  std::string text;
};

Result<std::vector<OutputFile>> make_files(const Series& series) {
  if (series.commits.empty())
    return fail("{}: there is no commit to introduce; audit says why nothing is converted",
                series.name);
  Manifest manifest = make_manifest(series);
  std::vector<OutputFile> files;
  for (const PostingRange& range : postings_of(series.commits)) {
    MailPosition position{.number = 0, .total = range.count, .reroll = series.reroll};
    KILLIFY_TRY(CoverLetter cover, format_cover_letter(series, range));
    if (cover.proof_aside) files.push_back({range.directory + kProofName, series.proof});
    if (std::string left = left_alone_text(series, range); !left.empty())
      files.push_back({range.directory + kLeftAloneName, std::move(left)});
    files.push_back(
        {range.directory + mail_file_name(position, "cover letter"), std::move(cover.mail)});
    for (const SeriesCommit& commit : commits_of(series, range)) {
      const Signature author =
          commit_signature(series.identity, series.base, range.first + position.number);
      ++position.number;
      KILLIFY_TRY(std::string patch, format_patch(commit, author, position));
      files.push_back(
          {range.directory + mail_file_name(position, commit.message.subject), std::move(patch)});
    }
  }
  for (const OutputFile& file : files) manifest.outputs[file.name] = sha256(file.text);
  files.push_back({kManifestName, manifest_json(manifest)});
  return files;
}

// All below a directory that is no directory, or an error that names it.
Result<std::vector<fs::path>> entries_of(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->is_symlink() || !entry->is_directory()) entries.push_back(entry->path());
  if (error) return fail("{}: cannot be listed: {}", directory.string(), error.message());
  return entries;
}

int rename_as(const fs::path& from, const fs::path& to, unsigned flags) {
  return renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0 ? 0 : errno;
}

// Puts `made` where `directory` is. The exchange is one step, so that a kill leaves one of the two.
Status put_in_place(const fs::path& made, const fs::path& directory) {
  int problem = rename_as(made, directory, 0);  // does where nothing was, or an empty directory
  if (problem == ENOTEMPTY || problem == EEXIST)
    problem = rename_as(made, directory, RENAME_EXCHANGE);
  if (problem == EINVAL) {  // a file system that cannot exchange
    const fs::path old = made.string() + ".old";
    problem = rename_as(directory, old, 0);
    if (problem == 0) problem = rename_as(made, directory, 0);
    if (problem != 0 && fs::exists(old)) std::ignore = rename_as(old, directory, 0);
  }
  if (problem == 0) return {};
  return fail("{}: cannot be replaced: {}; choose another directory with -o", directory.string(),
              errno_text(problem));
}

}  // namespace

Status check_output_directory(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) return {};
  if (!fs::is_directory(directory, error))
    return fail("{}: is not a directory; choose another one with -o", directory.string());
  KILLIFY_TRY(const std::vector<fs::path> entries, entries_of(directory));
  if (entries.empty()) return {};
  if (!fs::exists(directory / kManifestName, error))
    return fail("{}: is not empty and not an output of killify; choose another directory with -o",
                directory.string());
  KILLIFY_TRY(const Manifest manifest, read_manifest(directory / kManifestName));
  for (const fs::path& entry : entries) {
    const std::string name = entry.lexically_relative(directory).generic_string();
    if (name == kManifestName) continue;
    const auto known = manifest.outputs.find(name);
    if (known == manifest.outputs.end())
      return fail(
          "{}: killify did not write it, and would remove it with the old output; move it away",
          entry.string());
    KILLIFY_TRY(const std::string text, read_file(entry));
    if (sha256(text) != known->second)
      return fail(
          "{}: was edited since killify wrote it; move it away, or choose another directory "
          "with -o",
          entry.string());
  }
  return {};
}

Result<std::vector<std::string>> write_series(const Series& series, const fs::path& directory) {
  KILLIFY_CHECK(check_output_directory(directory));
  KILLIFY_TRY(const std::vector<OutputFile> files, make_files(series));
  std::error_code error;
  const fs::path target = fs::weakly_canonical(fs::absolute(directory), error);
  if (error) return fail("{}: cannot be resolved: {}", directory.string(), error.message());
  const fs::path destination = target.has_filename() ? target : target.parent_path();
  fs::create_directories(destination.parent_path(), error);
  if (error)
    return fail("{}: cannot be made: {}", destination.parent_path().string(), error.message());
  KILLIFY_TRY(const TempDir scratch, TempDir::make(destination.parent_path()));
  const fs::path made = scratch.path() / "series";  // a TempDir is for its owner's eyes only
  std::vector<std::string> names;
  for (const OutputFile& file : files) {
    KILLIFY_CHECK(write_file_atomic(made / file.name, file.text));
    names.push_back(file.name);
  }
  KILLIFY_CHECK(put_in_place(made, destination));
  return names;
}

}  // namespace killify
