#include "series/maintainer_tree.h"

#include "series/recipients.h"
#include "support/files.h"
#include "support/shell_safe.h"
#include "support/text.h"

namespace killify {

Result<MaintainerTree> MaintainerTree::extract(const Repository& repository,
                                               const Snapshot& snapshot,
                                               const std::filesystem::path& scratch) {
  KILLIFY_TRY(auto directory, TempDir::make(scratch));
  std::error_code error;
  for (const auto& entry : snapshot.entries) {
    if (!is_shell_safe(entry.path)) continue;
    auto slash = entry.path.find('/');
    if (slash != std::string::npos)
      std::filesystem::create_directory(directory.path() / entry.path.substr(0, slash), error);
    bool wanted = slash == std::string::npos || entry.path == "scripts/get_maintainer.pl";
    if (!wanted) continue;
    KILLIFY_TRY(auto text, repository.read_blob(entry.blob));
    KILLIFY_CHECK(write_file_atomic(directory.path() / entry.path, text));
  }
  return MaintainerTree(std::move(directory));
}

Result<std::string> MaintainerTree::maintainers_of(const std::string& file) const {
  if (!is_shell_safe(file)) return file;
  auto patch =
      fmt::format("diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-\n+\n", file);
  KILLIFY_TRY(auto recipients, find_recipients(path(), patch));
  return join(recipients.to, ", ");
}

}  // namespace killify
