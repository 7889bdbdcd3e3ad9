#include "facts/word_index.h"

#include "support/files.h"
#include "support/parallel.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class WordIndexTest : public testing::Test {
 protected:
  WordIndexTest() : scratch_(test::value_of(TempDir::make())) {
    fs::create_directories(tree());
    test::git(tree(), {"init", "-q"});
  }

  fs::path tree() const { return scratch_.path() / "tree"; }
  fs::path words() const { return scratch_.path() / "words"; }

  void commit(const test::Files& files) {
    for (const auto& [name, text] : files) {
      fs::create_directories((tree() / name).parent_path());
      std::ofstream(tree() / name) << text;
    }
    test::git(tree(), {"add", "-A"});
    test::git(tree(), {"commit", "-q", "-m", "Files"});
  }

  // Looks words up in the index of HEAD.
  struct Opened {
    Repository repository;
    Snapshot snapshot;
    std::unique_ptr<Progress> progress = make_progress(ProgressMode::kNone);
    std::unique_ptr<WordIndex> index;

    std::vector<std::string> files(std::string_view word) const {
      return paths_of(index->files_with(word));
    }
    std::vector<std::string> defining(WordIndex::Definition what, std::string_view name) const {
      return paths_of(index->files_defining(what, name));
    }
    static std::vector<std::string> paths_of(const std::vector<const TreeEntry*>& entries) {
      std::vector<std::string> paths;
      for (const auto* entry : entries) paths.push_back(entry->path);
      return paths;
    }
  };

  std::unique_ptr<Opened> open() const {
    std::unique_ptr<Opened> opened(new Opened{
        .repository = test::value_of(Repository::open(tree())), .snapshot = {}, .index = {}});
    opened->snapshot = test::value_of(opened->repository.snapshot("HEAD"));
    opened->index = std::make_unique<WordIndex>(test::value_of(
        WordIndex::open(opened->repository, opened->snapshot, words(), 2, *opened->progress)));
    return opened;
  }

  std::vector<fs::path> segments() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(words()))
      if (entry.path().extension() == ".words") found.push_back(entry.path());
    return found;
  }

  TempDir scratch_;
};

TEST_F(WordIndexTest, FindsWordsOfTheCodeOnly) {
  commit({{"a.c", "int alpha; /* beta */ char *s = \"gamma\";"},
          {"b.h", "#define alpha(x) delta_##x\n"},
          {"c.txt", "alpha"}});
  const auto opened = open();
  EXPECT_THAT(opened->files("alpha"), ElementsAre("a.c", "b.h"));
  EXPECT_THAT(opened->files("delta_"), ElementsAre("b.h"));
  EXPECT_THAT(opened->files("beta"), IsEmpty());
  EXPECT_THAT(opened->files("gamma"), IsEmpty());
  EXPECT_THAT(opened->files("alph"), IsEmpty());
  EXPECT_EQ(opened->index->files(), 2U);
}

TEST_F(WordIndexTest, AFunctionIsFoundWhereOthersCanUseIt) {
  commit({{"a.c", "int get(int x)\n{\n\treturn put(x);\n}\nstatic int hidden(void)\n{\n}\n"},
          {"b.c", "#ifdef X\nvoid get(void)\n{\n}\n#endif\n"},
          {"c.c", "int get(int);\nint x = get(1);\n#define get(x) x\nstruct get { int i; };\n"},
          {"d.h", "static inline int get(void)\n{\n}\nstatic int hidden(void)\n{\n}\n"}});
  const auto opened = open();
  using Definition = WordIndex::Definition;
  EXPECT_THAT(opened->defining(Definition::kFunction, "get"), ElementsAre("a.c", "b.c", "d.h"));
  EXPECT_THAT(opened->defining(Definition::kFunction, "hidden"), ElementsAre("d.h"));
  EXPECT_THAT(opened->defining(Definition::kFunction, "put"), IsEmpty());
}

TEST_F(WordIndexTest, MacrosAndStructsAreFoundWhereTheyAreDefined) {
  commit({{"a.h", "#define wait(x) x\n#define plain (1)\nint other(x);\n"},
          {"b.h", "struct wait { int i; };\nunion both { int i; };\n"},
          {"c.c", "struct wait w, *f(struct wait *x)\n{\n\twait(1);\n}\n"}});
  const auto opened = open();
  using Definition = WordIndex::Definition;
  EXPECT_THAT(opened->defining(Definition::kMacro, "wait"), ElementsAre("a.h"));
  EXPECT_THAT(opened->defining(Definition::kMacro, "plain"), IsEmpty());
  EXPECT_THAT(opened->defining(Definition::kStruct, "wait"), ElementsAre("b.h"));
  EXPECT_THAT(opened->defining(Definition::kStruct, "both"), IsEmpty());
}

TEST_F(WordIndexTest, ABitThatIsAnotherIsFound) {
  commit({{"a.c", "alpha"}, {"b.c", "beta"}});
  const auto whole = open()->files("alpha");
  ASSERT_THAT(segments(), testing::SizeIs(1));
  const std::string good = test::value_of(read_file(segments().front()));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    ASSERT_TRUE(write_file_atomic(segments().front(), bad));
    EXPECT_EQ(open()->files("alpha"), whole) << i;
    EXPECT_EQ(test::value_of(read_file(segments().front())), good) << i;
  }
}

TEST_F(WordIndexTest, ATextOfManyWordsKeepsThemAll) {
  std::string many;
  for (int i = 0; i < 20000; ++i) many += "word" + std::to_string(i) + " ";
  commit({{"a.c", many}, {"b.c", many + "x1"}, {"c.c", "word19999"}});
  const auto opened = open();
  EXPECT_THAT(opened->files("word0"), ElementsAre("a.c", "b.c"));
  EXPECT_THAT(opened->files("word19999"), ElementsAre("a.c", "b.c", "c.c"));
  EXPECT_THAT(opened->files("word20000"), IsEmpty());
}

TEST_F(WordIndexTest, SeveralWordsGiveEachFileOnce) {
  commit({{"a.c", "alpha beta"}, {"b.c", "beta"}, {"c.c", "gamma"}});
  const auto opened = open();
  std::vector<std::string> paths;
  for (const auto* entry : opened->index->files_with_any({"alpha", "beta"}))
    paths.push_back(entry->path);
  EXPECT_THAT(paths, ElementsAre("a.c", "b.c"));
}

TEST_F(WordIndexTest, OneTextAtTwoPathsIsFoundAtBoth) {
  commit({{"x/a.c", "alpha"}, {"y/b.c", "alpha"}});
  EXPECT_THAT(open()->files("alpha"), ElementsAre("x/a.c", "y/b.c"));
}

TEST_F(WordIndexTest, AnotherCommitAddsASegmentForWhatIsNew) {
  commit({{"a.c", "alpha"}, {"b.c", "beta"}});
  open();
  ASSERT_EQ(segments().size(), 1U);
  commit({{"b.c", "alpha changed"}});
  const auto opened = open();
  EXPECT_EQ(segments().size(), 2U);
  EXPECT_THAT(opened->files("alpha"), ElementsAre("a.c", "b.c"));
  EXPECT_THAT(opened->files("beta"), IsEmpty());  // of the commit before
  const auto size = fs::file_size(segments().front()) + fs::file_size(segments().back());
  open();
  EXPECT_EQ(fs::file_size(segments().front()) + fs::file_size(segments().back()), size);
}

TEST_F(WordIndexTest, ManySegmentsBecomeOne) {
  for (int i = 0; i < 14; ++i) {
    commit({{"a.c", "alpha number" + std::to_string(i)}});
    EXPECT_THAT(open()->files("number" + std::to_string(i)), ElementsAre("a.c"));
  }
  EXPECT_LE(segments().size(), 12U);
}

TEST_F(WordIndexTest, ADamagedSegmentIsMadeAgain) {
  commit({{"a.c", "alpha"}});
  open();
  ASSERT_EQ(segments().size(), 1U);
  const auto segment = segments().front();
  for (const auto size : {fs::file_size(segment) - 1, std::uintmax_t{3}, std::uintmax_t{0}}) {
    fs::resize_file(segment, size);
    EXPECT_THAT(open()->files("alpha"), ElementsAre("a.c")) << size;
  }
  std::ofstream(segment) << std::string(500, 'x');
  EXPECT_THAT(open()->files("alpha"), ElementsAre("a.c"));
}

TEST_F(WordIndexTest, ATreeWithoutSourcesHasNoWords) {
  commit({{"README", "alpha"}});
  EXPECT_THAT(open()->files("alpha"), IsEmpty());
}

TEST_F(WordIndexTest, ManyThreadsMayAskAndOpenAtOnce) {
  commit({{"a.c", "alpha"}, {"b.c", "beta"}});
  const auto done = parallel_for(8, 8, [&](std::size_t i) -> Status {
    const auto opened = open();
    if (opened->files(i % 2 == 0 ? "alpha" : "beta").size() != 1) return fail("not found");
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(segments().size(), 1U);
}

}  // namespace
}  // namespace killify
