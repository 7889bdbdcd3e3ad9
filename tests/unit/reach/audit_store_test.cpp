#include "reach/audit_store.h"

#include "support/files.h"
#include "support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

namespace killify {
namespace {

namespace fs = std::filesystem;

const std::string kTree(40, 'a');

// Every member of every struct differs from its default and from its neighbours.
Audit sample() {
  const Handler handler{"f", "f.c", 1, "ops", "fault", "g.c", 2, true};
  Finding finding;
  finding.id = "0123";
  finding.handler = handler;
  finding.sink = {"lock", "h", "h.c", 3, "x->lock"};
  finding.chain = {{"f", "f.c", 4, "field", "x->y", {"a = true", "b"}},
                   {"h", "h.c", 5, "macro", "", {}}};
  finding.other_chains = {{{"o", "o.c", 6, "direct", "", {"J\xf6rg"}}}, {}};
  finding.condition = "true";
  finding.on_signal = "ignored";
  finding.translator = "t";
  finding.verdict = Verdict::kSuppressed;
  finding.reason = "why";
  Audit audit;
  audit.handlers = {handler, handler};
  audit.findings = {finding};
  audit.coverage = {
      .files = 7,
      .complete = 6,
      .partial = 1,
      .failed = 0,
      .timed_out = 0,
      .unanswered = 0,
      .lost = {{"l.c", {8, 9}}},
      .notes = {"n"},
      .unresolved = {{UnresolvedCall::Kind::kVariable, "s->f", true, 2, 3, {"u.c:1"}, {0}}},
      .unseen = {"z"}};
  audit.notes = {{"id", NoteKind::kPartialMask, handler, "g", "g.c", 4, {"f", "g"}, "SIGTERM"}};
  return audit;
}

class AuditStoreTest : public testing::Test {
 protected:
  AuditStoreTest() : scratch_(TempDir::make().value()) {}

  fs::path file(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_.path() / name) << text;
    return scratch_.path() / name;
  }
  fs::path directory() const { return scratch_.path() / "audits"; }
  std::string bytes(const std::string& key) const { return read_file(directory() / key).value(); }

  TempDir scratch_;
  AuditStore store_{scratch_.path() / "audits"};
};

TEST_F(AuditStoreTest, KeepsEveryMember) {
  store_.put("key", sample());
  const auto kept = store_.get("key");
  ASSERT_TRUE(kept);
  store_.put("again", *kept);
  EXPECT_EQ(bytes("again"), bytes("key"));

  const auto& unresolved = kept->coverage.unresolved.at(0);
  EXPECT_EQ(unresolved.kind, UnresolvedCall::Kind::kVariable);
  EXPECT_TRUE(unresolved.handler);
  EXPECT_EQ(unresolved.handlers.at(0), 0U);
  EXPECT_EQ(kept->coverage.unseen.at(0), "z");
  const auto& finding = kept->findings.at(0);
  const auto expected = sample().findings.at(0);
  EXPECT_EQ(finding.other_chains.at(0).at(0).values, expected.other_chains.at(0).at(0).values);
  EXPECT_TRUE(finding.other_chains.at(1).empty());
  EXPECT_EQ(finding.chain.at(0).through, "x->y");
  EXPECT_EQ(finding.verdict, Verdict::kSuppressed);
  EXPECT_EQ(finding.handler.registered_line, 2);
  EXPECT_EQ(finding.sink.object, "x->lock");
  EXPECT_EQ(kept->handlers.size(), 2U);
  EXPECT_EQ(kept->coverage.complete, 6U);
  EXPECT_EQ(kept->coverage.lost.at(0).lines, (LineRange{8, 9}));
}

TEST_F(AuditStoreTest, WhatIsNotThereIsNotFound) {
  EXPECT_FALSE(store_.get("key"));
}

TEST_F(AuditStoreTest, ADamagedOrForeignFileIsIgnoredAndReplaced) {
  store_.put("key", sample());
  const auto good = bytes("key");
  auto flipped = good;
  flipped[flipped.size() / 2] ^= 1;
  for (const std::string& bad :
       {std::string(), good.substr(0, 10), good.substr(0, good.size() - 1), flipped,
        "killify audit 1\n" + good, std::string("SQLite format 3")}) {
    ASSERT_TRUE(write_file_atomic(directory() / "key", bad));
    EXPECT_FALSE(store_.get("key"));
    store_.put("key", sample());
    EXPECT_TRUE(store_.get("key"));
  }
}

// A second run looks at such files again.
TEST_F(AuditStoreTest, WhatSpatchCouldNotFinishIsNotKept) {
  auto audit = sample();
  audit.coverage.unanswered = 1;
  store_.put("key", audit);
  EXPECT_FALSE(store_.get("key"));
}

TEST_F(AuditStoreTest, OldOnesOfATreeGoFirst) {
  const auto now = fs::file_time_type::clock::now();
  const auto key = [](char tree, int n) { return fmt::format("{}-{}", std::string(16, tree), n); };
  store_.put(key('b', 0), sample());
  fs::last_write_time(directory() / key('b', 0), now - std::chrono::hours(1000));
  for (int n = 0; n < 8; ++n) {
    store_.put(key('a', n), sample());
    fs::last_write_time(directory() / key('a', n), now - std::chrono::hours(100 - n));
  }
  EXPECT_TRUE(store_.get(key('a', 0)));  // used just now: the next one is the oldest
  store_.put(key('a', 8), sample());
  EXPECT_TRUE(store_.get(key('a', 0)));
  EXPECT_FALSE(store_.get(key('a', 1)));
  EXPECT_TRUE(store_.get(key('a', 2)));
  EXPECT_TRUE(store_.get(key('b', 0))) << "another tree's only one";
}

TEST_F(AuditStoreTest, ADirectoryThatCannotBeWrittenCostsTheCacheOnly) {
  const AuditStore store(file("plain", "") / "audits");
  store.put("key", sample());
  EXPECT_FALSE(store.get("key"));
}

TEST_F(AuditStoreTest, TheKeyChangesWithEverythingThatDecides) {
  const AuditInputs inputs{.tree = kTree,
                           .paths = {"fs", "mm"},
                           .files = {file("series.yaml", "one")},
                           .spatch_version = "1.1.1",
                           .build = "b1"};
  const auto key = audit_key(inputs).value();
  EXPECT_TRUE(key.starts_with(kTree.substr(0, 16) + "-"));
  std::vector<AuditInputs> others(6, inputs);
  others[0].tree = std::string(16, 'a') + std::string(24, 'b');
  others[1].paths = {"fs"};
  others[2].files = {file("other.yaml", "two")};
  others[3].spatch_version = "1.1.2";
  others[4].build = "b2";
  others[5].files.push_back(others[2].files.front());
  std::set<std::string> keys{key};
  for (const auto& other : others) keys.insert(audit_key(other).value());
  EXPECT_EQ(keys.size(), 7U);

  auto same = inputs;
  same.paths = {"mm", "fs"};
  same.files = {file("moved.yaml", "one")};
  EXPECT_EQ(audit_key(same).value(), key) << "the content counts, not the order or the place";
  same.files = {"/nonexistent.yaml"};
  EXPECT_FALSE(audit_key(same));
}

}  // namespace
}  // namespace killify
