#include "series/write_series.h"

#include "series/manifest.h"
#include "support/temp_dir.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class WriteSeries : public testing::Test {
 protected:
  WriteSeries() {
    series_.name = "killable-fault-handlers";
    series_.title = "Only fatal signals may interrupt a page fault";
    series_.cover_template = samples::kMessages / "cover.txt";
    series_.base.oid = std::string(40, 'b');
    series_.identity = samples::author();
    series_.commits.push_back({.change = samples::etnaviv_change(),
                               .message = {.subject = "drm/etnaviv: Do it", .body = "b\n"},
                               .to = {},
                               .cc = {},
                               .oid = std::string(40, 'c')});
  }
  std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory))
      names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }
  std::string error() {
    const auto written = write_series(series_, out_);
    return written ? std::string() : written.error().message;
  }
  TempDir dir_ = samples::value_of(TempDir::make());
  fs::path out_ = dir_.path() / "deep/out";
  Series series_;
};

TEST_F(WriteSeries, WritesAllAndNothingElse) {
  const auto names = samples::value_of(write_series(series_, out_));
  EXPECT_THAT(names, ElementsAre("0000-cover-letter.patch", "0001-drm-etnaviv-Do-it.patch",
                                 "manifest.json"));
  EXPECT_EQ(names_in(out_), names);
  EXPECT_THAT(names_in(out_.parent_path()), ElementsAre("out"));
  EXPECT_EQ(fs::status(out_).permissions() & fs::perms::owner_all, fs::perms::owner_all);
  const Manifest manifest = samples::value_of(read_manifest(out_ / "manifest.json"));
  EXPECT_EQ(manifest.commits.at(0).patch_file, names[1]);
}

TEST_F(WriteSeries, NothingToIntroduceIsAnError) {
  series_.commits.clear();
  EXPECT_THAT(error(), HasSubstr("no commit to introduce"));
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(WriteSeries, EachPostingHasADirectoryAndNumbersOfItsOwn) {
  series_.commits[0].change.step.posting = {.number = 1, .subsystem = "drm"};
  series_.commits.push_back(series_.commits[0]);
  series_.commits[1].change.step.posting = {.number = 2, .subsystem = "KVM"};
  const auto names = samples::value_of(write_series(series_, out_));
  EXPECT_THAT(names,
              ElementsAre("1-drm/0000-cover-letter.patch", "1-drm/0001-drm-etnaviv-Do-it.patch",
                          "2-KVM/0000-cover-letter.patch", "2-KVM/0001-drm-etnaviv-Do-it.patch",
                          "manifest.json"));
  const Manifest manifest = samples::value_of(read_manifest(out_ / "manifest.json"));
  EXPECT_EQ(manifest.commits.at(1).patch_file, names[3]);
  EXPECT_EQ(manifest.commits.at(1).posting, 2U);
  // What somebody else put below is found there, too.
  samples::check(write_file_atomic(out_ / "2-KVM/notes", "mine"));
  EXPECT_THAT(error(), HasSubstr("2-KVM/notes: killify did not write it"));
  fs::remove(out_ / "2-KVM/notes");
  series_.commits.pop_back();
  series_.commits[0].change.step.posting = {};
  samples::value_of(write_series(series_, out_));
  EXPECT_THAT(names_in(out_), ElementsAre("0000-cover-letter.patch", "0001-drm-etnaviv-Do-it.patch",
                                          "manifest.json"));
}

TEST_F(WriteSeries, ReplacesItsOwnOutputAsAWhole) {
  samples::value_of(write_series(series_, out_));
  series_.reroll = 2;
  series_.commits[0].message.subject = "drm/etnaviv: Do it better";
  samples::value_of(write_series(series_, out_ / ""));
  EXPECT_THAT(names_in(out_), ElementsAre("manifest.json", "v2-0000-cover-letter.patch",
                                          "v2-0001-drm-etnaviv-Do-it-better.patch"));
  EXPECT_THAT(names_in(out_.parent_path()), ElementsAre("out"));
}

TEST_F(WriteSeries, SecondRunWritesTheSameBytes) {
  samples::value_of(write_series(series_, out_));
  samples::value_of(write_series(series_, dir_.path() / "other"));
  for (const std::string& name : names_in(out_))
    EXPECT_EQ(samples::value_of(read_file(out_ / name)),
              samples::value_of(read_file(dir_.path() / "other" / name)));
}

TEST_F(WriteSeries, LeavesForeignFilesAlone) {
  samples::check(write_file_atomic(out_ / "thesis.txt", "years of work"));
  EXPECT_THAT(error(), HasSubstr("out: is not empty and not an output of killify"));
  EXPECT_THAT(names_in(out_), ElementsAre("thesis.txt"));
}

TEST_F(WriteSeries, LeavesAddedAndEditedFilesAlone) {
  samples::value_of(write_series(series_, out_));
  samples::check(write_file_atomic(out_ / "notes.txt", "mine"));
  EXPECT_THAT(error(), HasSubstr("notes.txt: killify did not write it"));
  fs::remove(out_ / "notes.txt");
  samples::check(write_file_atomic(out_ / "0000-cover-letter.patch", "better words"));
  EXPECT_THAT(error(), HasSubstr("0000-cover-letter.patch: was edited since"));
  EXPECT_EQ(samples::value_of(read_file(out_ / "0000-cover-letter.patch")), "better words");
}

TEST_F(WriteSeries, FileInTheWayIsNamed) {
  samples::check(write_file_atomic(out_, "a file"));
  EXPECT_THAT(error(), HasSubstr("out: is not a directory"));
}

TEST_F(WriteSeries, FailureLeavesTheOldOutput) {
  samples::value_of(write_series(series_, out_));
  const auto before = names_in(out_);
  series_.commits[0].message.body = "---\n";
  EXPECT_NE(error(), "");
  EXPECT_EQ(names_in(out_), before);
  EXPECT_THAT(names_in(out_.parent_path()), ElementsAre("out"));
}

}  // namespace
}  // namespace killify
