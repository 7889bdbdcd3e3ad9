#include "tree/promised.h"

#include "support/process.h"
#include "support/text.h"
#include "tree/git_handle.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace killify {
namespace {

bool is_here(const Repository& repository, const Oid& blob) {
  const auto id = parse_oid(blob);
  return id &&
         git_odb_exists_ext(repository.handle().odb.get(), &*id, GIT_ODB_LOOKUP_NO_REFRESH) != 0;
}

std::set<Oid> absent(const Repository& repository, const Snapshot& snapshot) {
  std::set<Oid> blobs;
  for (const auto& entry : snapshot.entries)
    if (!is_here(repository, entry.blob)) blobs.insert(entry.blob);
  return blobs;
}

// As git does it itself when it comes upon one of them. Empty when git was content, else what it
// said.
Result<std::string> fetch(const Repository& repository, const std::string& remote,
                          const std::set<Oid>& blobs) {
  Command command;
  command.argv = {"git",
                  "--git-dir=" + repository.git_dir().string(),
                  "-c",
                  "fetch.negotiationAlgorithm=noop",
                  "fetch",
                  "--quiet",
                  "--no-auto-gc",
                  "--no-tags",
                  "--no-write-fetch-head",
                  "--recurse-submodules=no",
                  "--filter=blob:none",
                  "--stdin",
                  "--",
                  remote};
  command.env = {{"GIT_TERMINAL_PROMPT", "0"}};
  for (const auto& blob : blobs) command.input += blob + "\n";
  KILLIFY_TRY(const auto ended, run(command));
  if (ended.ok()) return std::string();
  const auto said = trim(ended.err);
  return said.empty() ? ended.how_it_ended() : std::string(said.substr(0, said.find('\n')));
}

}  // namespace

std::optional<std::string> promisor(const Repository& repository) {
  GitConfig config;
  GitConfig snapshot;
  git_config_iterator* entries = nullptr;
  if (git_repository_config(receive(config), repository.handle().get()) != 0 ||
      git_config_snapshot(receive(snapshot), config.get()) != 0 ||
      git_config_iterator_new(&entries, snapshot.get()) != 0)  // libgit2 1.5's patterns leak
    return std::nullopt;
  constexpr std::string_view kSection = "remote.";
  constexpr std::string_view kName = ".promisor";
  std::optional<std::string> found;
  for (git_config_entry* entry = nullptr; git_config_next(&entry, entries) == 0;) {
    int yes = 0;
    std::string_view name = entry->name;
    if (found || !name.starts_with(kSection) || !name.ends_with(kName) ||
        name.size() <= kSection.size() + kName.size() ||
        git_config_parse_bool(&yes, entry->value) != 0 || yes == 0)
      continue;
    name.remove_prefix(kSection.size());
    name.remove_suffix(kName.size());
    found = name;
  }
  git_config_iterator_free(entries);
  return found;
}

Error lacking(const Repository& repository, std::string_view what, const std::string& remote) {
  const auto name = repository.handle().name();
  return Error{
      fmt::format("{}: a partial clone without {}; fetch what is missing with: {}", name, what,
                  shell_quoted({"git", "-C", name, "fetch", "--refetch", "--no-filter", remote}))};
}

Status fetch_promised(const Repository& repository, Snapshot& snapshot, Progress& progress) {
  const auto remote = promisor(repository);
  if (!remote) return {};
  const auto blobs = absent(repository, snapshot);
  if (blobs.empty()) return {};
  progress.begin("Fetching what the partial clone lacks", blobs.size());
  KILLIFY_TRY(const auto refused, fetch(repository, *remote, blobs));
  git_odb_refresh(repository.handle().odb.get());
  const auto entries = std::stable_partition(
      snapshot.entries.begin(), snapshot.entries.end(), [&](const TreeEntry& entry) {
        return !blobs.contains(entry.blob) || is_here(repository, entry.blob);
      });
  for (auto entry = entries; entry != snapshot.entries.end(); ++entry)
    snapshot.lacking.push_back(entry->path);
  snapshot.entries.erase(entries, snapshot.entries.end());
  progress.end(counted(blobs.size(), "blob"));
  if (!snapshot.lacking.empty())
    progress.note(fmt::format("note: a partial clone without {}, which cannot be fetched from {}{}",
                              counted(snapshot.lacking.size(), "file"), *remote,
                              refused.empty() ? "" : " (" + refused + ")"));
  return {};
}

Status fetch_all_promised(const Repository& repository, const Oid& commit, Progress& progress) {
  const auto remote = promisor(repository);
  if (!remote) return {};
  KILLIFY_TRY(auto snapshot, repository.snapshot(commit));
  KILLIFY_CHECK(fetch_promised(repository, snapshot, progress));
  if (snapshot.lacking.empty()) return {};
  return tl::unexpected<Error>(
      lacking(repository, fmt::format("{} of {}", snapshot.lacking.front(), commit.substr(0, 12)),
              *remote));
}

}  // namespace killify
