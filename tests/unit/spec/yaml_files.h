// Series files for tests, written to a directory of the test's own.
#pragma once

#include "support/files.h"
#include "support/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace killify {

class YamlFiles : public testing::Test {
 protected:
  // Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view text) const {
    const std::filesystem::path path = dir_.path() / name;
    EXPECT_TRUE(write_file_atomic(path, text));
    return path.string();
  }
  // An error's message with the directory left out.
  std::string local(std::string message) const {
    const std::string prefix = dir_.path().string() + "/";
    for (std::size_t at; (at = message.find(prefix)) != message.npos;)
      message.erase(at, prefix.size());
    return message;
  }
  std::filesystem::path directory() const { return dir_.path(); }

 private:
  TempDir dir_ = TempDir::make().value();
};

}  // namespace killify
