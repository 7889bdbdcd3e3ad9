// A program called spatch that does what a test wants, found in PATH before the real one. PATH is
// the process's: each case of these tests runs in a process of its own or in turn.
#pragma once

#include "cocci/spatch.h"
#include "support/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace killify {

constexpr const char* kWhole = R"sh(
for argument; do
  [ "$before" = --sp-file ] && framed=$argument
  before=$argument
done
line() { sed -n "s/^print(\"\(killify: $1 line [0-9a-f]*\).*/\1/p" "$framed"; }
whole() {
  line first
  text=
  for fact; do
    echo "$fact"
    text="$text${text:+
}$fact"
  done
  echo "$(line last) $(printf %s "$text" | sha256sum | cut -d' ' -f1)"
}
)sh";

class SpatchFixture : public testing::Test {
 protected:
  SpatchFixture() : scratch_(TempDir::make().value()), path_(std::getenv("PATH")) {}
  ~SpatchFixture() override { setenv("PATH", path_.c_str(), 1); }

  // `script` is what it does when it is not asked for its version. `whole FACT...` is what a whole
  // run prints, `line first` and `line last` its first line and how its last one begins.
  void fake(const std::string& script) {
    const auto bin = scratch_.path() / "bin";
    std::filesystem::create_directories(bin);
    std::ofstream(bin / "spatch") << "#!/bin/sh\n[ \"$1\" = --version ] && "
                                     "echo 'spatch version 9.9 compiled with sh' && exit 0\n"
                                  << kWhole << script << '\n';
    chmod((bin / "spatch").c_str(), 0755);
    setenv("PATH", (bin.string() + ":" + path_).c_str(), 1);
  }

  // A semantic patch with this text.
  SemanticPatch patch(const std::string& text) {
    std::ofstream(patches() / "x.cocci") << text;
    return load_semantic_patch(patches(), "x.cocci").value();
  }

  // What a semantic patch can include.
  void include(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(patches() / "include");
    std::ofstream(patches() / "include" / name) << text;
  }

  std::filesystem::path patches() const {
    std::filesystem::create_directories(scratch_.path() / "patches");
    return scratch_.path() / "patches";
  }

  SpatchAnswer run(const std::string& cocci, const std::string& source,
                   const std::vector<std::string>& defines = {}) {
    const auto spatch = Spatch::find(scratch_.path() / "scratch").value();
    return spatch.run(patch(cocci), defines, {"dir/a.c", source}).value();
  }

  TempDir scratch_;
  std::string path_;
};

constexpr const char* kRename = "@@\n@@\n- old()\n+ fresh()\n";

}  // namespace killify
