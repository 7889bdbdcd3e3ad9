#include "cli/help.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

TEST(Help, WhatALineOfATableSaysGoesOnBelowWhereItBegins) {
  EXPECT_EQ(with_filled_help("Options:\n"
                             "  -o,--output DIR  Directory for the patches\n"
                             "  --long-name-of-an-option FILE\n"
                             "                   What is in this file and in others\n",
                             19, 36),
            "Options:\n"
            "  -o,--output DIR  Directory for the\n"
            "                   patches\n"
            "  --long-name-of-an-option FILE\n"
            "                   What is in this\n"
            "                   file and in\n"
            "                   others\n");
}

TEST(Help, SentencesAreFilledAndUsageStays) {
  EXPECT_EQ(with_filled_help("Says what it does in a line\n"
                             "Usage: killify generate [OPTIONS] [PATH...]\n\n",
                             30, 20),
            "Says what it does in\na line\nUsage: killify generate [OPTIONS] [PATH...]\n\n");
}

}  // namespace
}  // namespace killify
