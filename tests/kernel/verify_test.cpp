// killify verify on drivers of the real kernel: every changed line is compiled or named.
#include "kernel/kernel_tree.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kEtnaviv = "drivers/gpu/drm/etnaviv/etnaviv_gem.c";
const std::string kMsm = "drivers/gpu/drm/msm/msm_gem_vma.c";
const std::string kTtm = "drivers/gpu/drm/ttm/ttm_bo_vm.c";
const std::string kTtmHeader = "include/drm/ttm/ttm_bo_driver.h";

class VerifyKernel : public ::testing::Test {
 protected:
  void SetUp() override {
    tree_ = bench_.clone("tree");
    (void)git({"sparse-checkout", "set", "--no-cone", "/" + kEtnaviv, "/" + kMsm, "/" + kTtm,
               "/" + kTtmHeader});
    (void)git({"checkout", "-q", "-b", "work"});
    base_ = git({"rev-parse", "HEAD"}).substr(0, 40);
  }
  [[nodiscard]] std::string git(const Words& arguments) const {
    return bench_.git(tree_, arguments);
  }
  // `text` before the last line that starts with `before`; "" is the end.
  void insert(const std::string& file, const std::string& before, const std::string& text) const {
    std::string source = text_of(tree_ / file);
    const auto at = before.empty() ? source.size() : source.rfind("\n" + before) + 1;
    write_text(tree_ / file, source.insert(at, text));
    (void)git({"add", "--force", "--sparse", file});
  }
  void commit(const std::string& subject) const {
    (void)git({"commit", "-q", "-s", "-m", subject, "-m", "Nothing calls it."});
  }

  Bench bench_;
  fs::path tree_;
  std::string base_;
};

TEST_F(VerifyKernel, EachChangedLineIsCompiledOrNamed) {
  insert(kEtnaviv, "",
         "\nstatic inline int verify_one(int a)\n{\n\t/* a comment */\n\treturn a + 1;\n}\n");
  commit("drm/etnaviv: Add a function");
  insert(kMsm, "", "\n#ifdef CONFIG_NOBODY_HAS_THIS\nint verify_two;\n#endif\n");
  commit("drm/msm: Add what nobody compiles");
  insert(kTtmHeader, "#endif",
         "#define VERIFY_THREE(a) \\\n\t((a) + 3)\n\n"
         "static inline int verify_three(int a)\n{\n\treturn VERIFY_THREE(a);\n}\n\n");
  insert(kTtm, "", "\nstatic inline int verify_four(int a)\n{\n\treturn verify_three(a);\n}\n");
  commit("drm/ttm: Add a function to a header, and use it");
  insert(kEtnaviv, "",
         "\nint verify_five(const int __user *a);\nint verify_five(const int __user *a)\n{\n"
         "\treturn *a;\n}\n\nstatic noinline int __init verify_six(void)\n{\n"
         "\treturn (int)jiffies;\n}\n\nint verify_seven(void);\nint verify_seven(void)\n{\n"
         "\treturn verify_six();\n}\n");
  commit("drm/etnaviv: Do what sparse and modpost do not like");

  std::string configurations = "x86_64-allmod";
  if (!find_program("aarch64-linux-gnu-gcc").empty()) configurations += ",arm64-allmod";
  const Completed done =
      bench_.killify(bench_.path() / "cache", {"-C", tree_.string(), "verify", "--format=json",
                                               "--config", configurations, base_ + "..work"});
  ASSERT_EQ(done.exit_code, 1) << done.out << done.err;
  const auto report = parsed(done.out);
  ASSERT_THAT(report.at("commits"), SizeIs(4));
  std::vector<std::string> verdicts;
  for (const auto& one : report.at("commits")) {
    verdicts.push_back(one.at("verdict"));
    const auto& lines = one.at("lines");
    EXPECT_EQ(lines.at("changed"), lines.at("compiled").get<std::size_t>() +
                                       lines.at("not_code").get<std::size_t>() +
                                       lines.at("uncovered").size());
    for (const auto& [name, count] : lines.at("compiled_in").items())
      EXPECT_EQ(count, lines.at("compiled")) << name;
    for (const auto& build : one.at("builds")) {
      EXPECT_THAT(build.at("new_warnings"), SizeIs(verdicts.size() == 4 ? 2 : 0));
      for (const auto& object : build.at("objects"))
        EXPECT_EQ(object.at("by"), "recorded command") << object;
    }
  }
  EXPECT_THAT(verdicts, ElementsAre("good", "failed", "good", "failed")) << done.out;
  const auto& uncovered = report.at("commits")[1].at("lines").at("uncovered");
  ASSERT_THAT(uncovered, SizeIs(1));
  EXPECT_EQ(uncovered[0].at("file"), kMsm);
  EXPECT_THAT(uncovered[0].at("why"), HasSubstr("#ifdef CONFIG_NOBODY_HAS_THIS"));
  EXPECT_THAT(report.at("commits")[0].at("lines").at("uncovered"), IsEmpty());
  EXPECT_EQ(report.at("commits")[2].at("lines").at("compiled"), 10);
  for (const auto& build : report.at("commits")[3].at("builds")) {
    EXPECT_THAT(build.at("new_warnings")[0].at("text"), HasSubstr("dereference of noderef"));
    const std::string section = build.at("new_warnings")[1].at("text");
    EXPECT_THAT(section, HasSubstr("section mismatch in reference: verify_seven"));
    EXPECT_THAT(section, HasSubstr("-> verify_six (section: .init.text)"));
  }
}

}  // namespace
}  // namespace killify::test
