// What killify says of each fault handler of the fixture: the table of its README.md. Every rule of
// the audit has a guilty and an innocent twin there.
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <set>

namespace killify::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A row of the table, without the reason.
using Row = std::tuple<std::string, std::string, std::string, std::string>;

struct Table {
  std::map<Row, std::string> findings;  // and a part of each one's reason
  std::set<std::string> innocent;       // handlers without a finding
};

std::string cell(std::string_view text) {
  text = trim(text);
  if (text.size() > 1 && text.front() == '`') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

// The table in the README.md of a tree under that heading.
Table expected(const fs::path& tree, const std::string& heading = "## What the audit says") {
  Table table;
  bool inside = false;
  for (const std::string& line : split_lines(text_of(tree / "README.md"))) {
    if (line.starts_with("## ")) inside = line == heading;
    if (!inside || !line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    for (auto at = line.find('|'); at + 1 < line.size();) {
      const auto end = line.find('|', at + 1);
      cells.push_back(cell(std::string_view(line).substr(at + 1, end - at - 1)));
      at = end;
    }
    EXPECT_THAT(cells, SizeIs(5)) << line;
    if (cells.size() != 5) continue;
    if (cells[1] == "-")
      EXPECT_TRUE(table.innocent.insert(cells[0]).second) << line;
    else
      EXPECT_TRUE(
          table.findings.try_emplace({cells[0], cells[1], cells[2], cells[3]}, cells[4]).second)
          << line;
  }
  return table;
}

// Compares an audit with the table of a tree.
void compare(const nlohmann::json& document, const Table& table) {
  std::set<std::string> handlers;
  for (const auto& handler : document["handlers"]) handlers.insert(handler["function"]);
  std::set<Row> found;
  for (const auto& finding : document["findings"]) {
    std::string way;
    const auto& chain = finding["chain"];
    for (std::size_t i = 1; i < chain.size(); ++i)
      way += chain[i]["function"].get<std::string>() + " > ";
    way += finding["sink"]["name"].get<std::string>();
    std::string on_signal = finding["on_signal"];
    if (on_signal.starts_with("VM_FAULT_")) on_signal = on_signal.substr(9);
    const std::string lock = finding["mmap_lock"];
    if (!lock.empty()) on_signal += ", lock " + lock;
    const Row row = {finding["handler"]["function"], way, finding["verdict"], on_signal};
    found.insert(row);
    handlers.erase(finding["handler"]["function"]);
    const auto known = table.findings.find(row);
    ASSERT_NE(known, table.findings.end()) << finding.dump(1);
    EXPECT_THAT(finding["reason"].get<std::string>(), HasSubstr(known->second));
  }
  for (const auto& [row, reason] : table.findings)
    EXPECT_TRUE(found.contains(row)) << std::get<0>(row) << ": " << std::get<1>(row);
  EXPECT_EQ(handlers, table.innocent);
}

class FixtureVerdicts : public ::testing::Test, protected MiniTree {
 protected:
  FixtureVerdicts() { share_answers(); }
};

TEST_F(FixtureVerdicts, AreThoseOfTheTable) {
  const Completed done = killify({"--progress=none", "audit", "--format=json"});
  ASSERT_TRUE(done.ok()) << done.err;
  const Table table = expected(kMiniLinux);
  EXPECT_GT(table.findings.size(), 50U);
  compare(parsed(done.out), table);
}

// The same of a campaign that begins at other functions.
TEST_F(FixtureVerdicts, OfReleaseMethodsAreThoseOfTheirTable) {
  const Completed done =
      killify({"--progress=none", "audit", "--campaign=release-waits", "--format=json"});
  ASSERT_TRUE(done.ok()) << done.err;
  const Table table = expected(kMiniLinux, "## What release-waits says");
  EXPECT_GE(table.findings.size(), 9U);
  compare(parsed(done.out), table);
}

// Roots that are handed to a function.
TEST_F(FixtureVerdicts, OfKernelThreadsAreThoseOfTheirTable) {
  const Completed done =
      killify({"--progress=none", "audit", "--campaign=kthread-idle", "--format=json"});
  ASSERT_TRUE(done.ok()) << done.err;
  const Table table = expected(kMiniLinux, "## What kthread-idle says");
  EXPECT_GE(table.findings.size(), 5U);
  compare(parsed(done.out), table);
}

// Handlers are wrong in other ways, too, also where nothing sleeps.
TEST_F(FixtureVerdicts, NotesAreOnWhatHandlersReturn) {
  const Completed done = killify({"--progress=none", "audit", "--format=json", "fs/bight"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto document = parsed(done.out);
  EXPECT_EQ(document["findings"].size(), 0U);
  std::set<std::string> notes;
  for (const auto& note : document["notes"])
    notes.insert(note["handler"]["function"].get<std::string>() + ": " +
                 note["kind"].get<std::string>() + " in " + note["function"].get<std::string>());
  EXPECT_THAT(notes, ElementsAre("bight_fault: spins in bight_fault",
                                 "bight_huge_fault: stays-blocked in bight_huge_fault",
                                 "bight_page_mkwrite: retry-is-success in bight_pin"));
}

class OldFixtureVerdicts : public ::testing::Test, protected MiniTree {
 protected:
  OldFixtureVerdicts() : MiniTree(kOldLinux) { share_answers(); }
};

TEST_F(OldFixtureVerdicts, AreThoseOfTheTable) {
  const Completed done = killify({"--progress=none", "audit", "--format=json"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto document = parsed(done.out);
  compare(document, expected(kOldLinux));
  // The handler behind a file's own mmap() is not known, and said not to be.
  std::vector<std::string> unresolved;
  for (const auto& call : document["coverage"]["unresolved"])
    if (call["handler"].get<bool>()) unresolved.push_back(call["places"][0]);
  EXPECT_THAT(unresolved, ElementsAre("ipc/shm.c:15"));
}

TEST_F(FixtureVerdicts, TellHowEachCallLeadsOn) {
  const Completed done = killify({"--progress=none", "audit", "--format=json",
                                  "drivers/gpu/drm/poplar", "drivers/misc/chrome", "fs/inlet"});
  ASSERT_TRUE(done.ok()) << done.err;
  std::map<std::string, std::string> edges;
  const auto document = parsed(done.out);
  for (const auto& finding : document["findings"])
    for (const auto& hop : finding["chain"])
      edges[hop["function"].get<std::string>()] = hop["edge"].get<std::string>();
  EXPECT_EQ(edges.at("poplar_fault"), "field");
  EXPECT_EQ(edges.at("chrome_fault"), "macro");
  EXPECT_EQ(edges.at("chrome_enter"), "direct");
  EXPECT_EQ(edges.at("inlet_fault"), "direct");
  EXPECT_EQ(edges.at("inlet_fill"), "field");
}

}  // namespace
}  // namespace killify::test
