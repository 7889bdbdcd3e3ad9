#include "spec/series_spec.h"

#include "yaml_files.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kSeries = R"(name: example
title: An example
roots:
  - {struct: vm_operations_struct, fields: [fault, page_mkwrite], returns: vm_fault_t}
catalogue: data/catalogue.yaml
boundaries: data/boundaries.yaml
on_fatal_signal: VM_FAULT_SIGBUS
grouping: driver
commit:
  template: convert.txt
  prepare_template: prepare.txt
  thread_template: thread.txt
  trailers:
    Suggested-by: [A <a@example.org>, B <b@example.org>]
    Link: https://example.org/1
  prefixes:
    drivers/gpu/drm: ["drm/{}", drm]
    mm: mm
cover: {template: cover.txt}
verify:
  configs: [x86_64-allmod]
  checkpatch_waivers:
    - {check: LONG_LINE, path: mm/a.c, reason: a table}
    - {check: BRACES, reason: house style}
)";

class SeriesTest : public YamlFiles {
 protected:
  SeriesTest() {
    write("data/catalogue.yaml", "{sinks: [], wakers: [], queue_waits: []}");
    write("data/boundaries.yaml",
          "boundaries:\n  - {reason: reclaim, functions: [kmalloc*, vmalloc]}\n");
    write("convert.txt", "x");
    write("prepare.txt", "x");
    write("thread.txt", "x");
    write("cover.txt", "x");
  }
  // The series with one text replaced.
  Result<SeriesSpec> load(std::string_view old_text = "", std::string_view new_text = "") const {
    std::string text(kSeries);
    const std::size_t at = text.find(old_text);
    EXPECT_NE(at, text.npos) << old_text;
    return load_series(write("s.yaml", text.replace(at, old_text.size(), new_text)));
  }
  std::string error_of(std::string_view old_text, std::string_view new_text) const {
    const auto result = load(old_text, new_text);
    return result ? "no error" : local(result.error().message);
  }
};

TEST_F(SeriesTest, ReadsAll) {
  const SeriesSpec spec = load().value();
  EXPECT_EQ(spec.file, directory() / "s.yaml");
  EXPECT_EQ(spec.name, "example");
  EXPECT_EQ(spec.title, "An example");
  ASSERT_EQ(spec.roots.size(), 1U);
  EXPECT_EQ(spec.roots[0].struct_name, "vm_operations_struct");
  EXPECT_THAT(spec.roots[0].fields, ElementsAre("fault", "page_mkwrite"));
  EXPECT_EQ(spec.roots[0].returns, "vm_fault_t");
  ASSERT_EQ(spec.boundaries.size(), 2U);
  EXPECT_EQ(spec.boundaries[1].name, "vmalloc");
  EXPECT_EQ(spec.boundaries[1].reason, "reclaim");
  EXPECT_EQ(spec.on_fatal_signal, "VM_FAULT_SIGBUS");
  EXPECT_EQ(spec.grouping, Grouping::kDriver);
  EXPECT_EQ(spec.commit.template_file, directory() / "convert.txt");
  EXPECT_EQ(spec.commit.prepare_template, directory() / "prepare.txt");
  EXPECT_EQ(spec.commit.thread_template, directory() / "thread.txt");
  EXPECT_EQ(spec.cover.template_file, directory() / "cover.txt");
  EXPECT_THAT(spec.verify_configs, ElementsAre("x86_64-allmod"));
}

TEST_F(SeriesTest, KeepsTheOrderOfTrailersAndPrefixes) {
  const SeriesSpec spec = load().value();
  std::vector<std::string> trailers;
  for (const Trailer& t : spec.commit.trailers) trailers.push_back(t.key + ": " + t.value);
  EXPECT_THAT(trailers,
              ElementsAre("Suggested-by: A <a@example.org>", "Suggested-by: B <b@example.org>",
                          "Link: https://example.org/1"));
  std::vector<std::string> prefixes;
  for (const SubjectPrefix& p : spec.commit.prefixes)
    prefixes.push_back(p.directory + " -> " + p.prefix);
  EXPECT_THAT(prefixes,
              ElementsAre("drivers/gpu/drm -> drm/{}", "drivers/gpu/drm -> drm", "mm -> mm"));
}

TEST_F(SeriesTest, ACoverLetterIsForSoManyPatches) {
  EXPECT_EQ(load()->cover.patches, 15U);
  EXPECT_EQ(load("{template: cover.txt}", "{template: cover.txt, patches: 7}")->cover.patches, 7U);
  EXPECT_THAT(error_of("{template: cover.txt}", "{template: cover.txt, patches: few}"),
              HasSubstr("how many patches go under one cover letter"));
}

TEST_F(SeriesTest, AStrategyOfItsOwnHasANameOfItsOwn) {
  EXPECT_EQ(error_of("grouping: driver", "strategies: {thread: cover.txt}\ngrouping: driver"),
            "s.yaml:8:22: 'thread' is a strategy of every campaign; choose another name");
  EXPECT_EQ(error_of("grouping: driver", "strategies: {A B: cover.txt}\ngrouping: driver"),
            "s.yaml:8:19: 'A B': a name is made of a-z, 0-9 and '-'");
  EXPECT_EQ(error_of("grouping: driver", "strategies: {other: none.yaml}\ngrouping: driver"),
            "s.yaml:8:21: none.yaml: no such file; a name is relative to the series file");
}

TEST_F(SeriesTest, AWaiverHoldsForAFileOrEverywhere) {
  const SeriesSpec spec = load().value();
  ASSERT_EQ(spec.checkpatch_waivers.size(), 2U);
  EXPECT_EQ(spec.checkpatch_waivers[0].path, "mm/a.c");
  EXPECT_EQ(spec.checkpatch_waivers[1].path, "");
  EXPECT_EQ(error_of(", reason: house style", ""), "s.yaml:24:7: 'reason' is missing here");
}

TEST_F(SeriesTest, TheReturnValueStepCanBeSwitchedOff) {
  EXPECT_EQ(
      load("on_fatal_signal: VM_FAULT_SIGBUS", "on_fatal_signal: keep").value().on_fatal_signal,
      std::nullopt);
  EXPECT_EQ(error_of("on_fatal_signal: VM_FAULT_SIGBUS\n", ""),
            "s.yaml:1:1: 'on_fatal_signal' is missing here");
  EXPECT_EQ(error_of("VM_FAULT_SIGBUS", "VM_FAULT_SIGBUSS"),
            "s.yaml:7:18: 'VM_FAULT_SIGBUSS' is not what ends a fault (did you mean "
            "'VM_FAULT_SIGBUS'?)");
}

// Without "passes", all that makes sleeps killable is done.
TEST_F(SeriesTest, PassesSayWhatIsDone) {
  const SeriesSpec plain = load().value();
  EXPECT_TRUE(plain.passes.add);
  EXPECT_TRUE(plain.passes.carry);
  EXPECT_EQ(plain.passes.apply, "");
  const SeriesSpec in_place =
      load("grouping:", "passes: [{apply: families, becomes: killable}]\ngrouping:").value();
  EXPECT_FALSE(in_place.passes.add);
  EXPECT_FALSE(in_place.passes.carry);
  const std::string own = "passes: [{apply: ./own.cocci, becomes: uninterruptible}]\n";
  EXPECT_EQ(error_of("on_fatal_signal: VM_FAULT_SIGBUS\n", own),
            "s.yaml:7:18: ./own.cocci: no such file; a name is relative to the series file");
  write("own.cocci", "@@ @@\n");
  const SeriesSpec other = load("on_fatal_signal: VM_FAULT_SIGBUS\n", own).value();
  EXPECT_THAT(other.passes.apply, testing::EndsWith("/own.cocci"));
  EXPECT_EQ(other.passes.becomes, Becomes::kUninterruptible);
  EXPECT_EQ(other.sources.back(), other.passes.apply) << "an audit that was kept is asked anew";
}

TEST_F(SeriesTest, PassesHaveAnOrderAndAnAim) {
  const auto error = [&](std::string_view passes) {
    return error_of("grouping:", fmt::format("passes: {}\ngrouping:", passes));
  };
  EXPECT_EQ(error("[{carry: task-state}, {add: counterparts}]"),
            "s.yaml:8:31: 'add' comes before 'carry': that calls what was added");
  EXPECT_EQ(error("[{add: counterparts}]"), "s.yaml:8:9: no 'apply': nothing would be converted");
  EXPECT_EQ(error("[{apply: families}]"),
            "s.yaml:8:10: a pass is one of 'add', 'carry', and 'apply' with 'becomes'");
  EXPECT_EQ(error("[{apply: families, becomes: uninterruptible}]"),
            "s.yaml:8:18: the families' semantic patches make sleeps killable; name another");
  EXPECT_THAT(error("[{apply: convert/nothing.cocci, becomes: killable}]"),
              HasSubstr("convert/nothing.cocci: no such semantic patch of killify"));
  EXPECT_EQ(error("[{add: counterparts}, {apply: convert/uninterruptible.cocci, becomes: "
                  "uninterruptible}]"),
            "s.yaml:8:39: 'add' and 'carry' make killable forms; they go with 'apply: families'");
  // What ends a fault makes sense where a fatal signal ends a sleep, and is asked for there.
  EXPECT_EQ(error("[{apply: convert/uninterruptible.cocci, becomes: uninterruptible}]"),
            "s.yaml:7:18: no signal ends these sleeps any more; remove it");
  EXPECT_EQ(error_of("on_fatal_signal: VM_FAULT_SIGBUS\n", ""),
            "s.yaml:1:1: 'on_fatal_signal' is missing here");
}

TEST_F(SeriesTest, ACampaignHasWordsOfItsOwn) {
  EXPECT_EQ(load().value().words.root, "fault handler");
  EXPECT_EQ(load().value().words.outcome("-EINTR"), "");
  const auto words =
      load("grouping:",
           "words: {root: release method, roots: release methods, event: close, advice: Do,\n"
           "  outcomes: {ignored: goes on, -EIO: breaks, \"-*\": \"returns "
           "{result} then\"}}\ngrouping:")
          .value()
          .words;
  EXPECT_EQ(words.roots, "release methods");
  EXPECT_EQ(words.event, "close");
  EXPECT_EQ(words.outcome("-EINTR"), "returns -EINTR then");
  EXPECT_EQ(words.outcome("-EIO"), "breaks");
  EXPECT_EQ(words.outcome("ignored"), "goes on");
  EXPECT_EQ(words.outcome("unknown"), "");
}

TEST_F(SeriesTest, PrefixesMayStandInAFile) {
  write("p.yaml", "prefixes:\n  drivers/usb: [\"usb: {}\", usb]\n  mm: mm\n");
  const std::string_view inside = "prefixes:\n    drivers/gpu/drm: [\"drm/{}\", drm]\n    mm: mm\n";
  const SeriesSpec spec = load(inside, "prefixes: p.yaml\n").value();
  ASSERT_EQ(spec.commit.prefixes.size(), 3U);
  EXPECT_EQ(spec.commit.prefixes[0].prefix, "usb: {}");
  EXPECT_EQ(spec.sources.back().filename(), "p.yaml");
  write("p.yaml", "prefixes:\n  drivers/usb/: usb\n");
  EXPECT_EQ(error_of(inside, "prefixes: p.yaml\n"),
            "p.yaml:2:17: 'drivers/usb/': a directory of the tree, without '/' at its ends");
}

TEST_F(SeriesTest, ReadsEachGrouping) {
  EXPECT_EQ(load("grouping: driver", "grouping: file").value().grouping, Grouping::kFile);
  EXPECT_EQ(load("grouping: driver", "grouping: maintainers").value().grouping,
            Grouping::kMaintainers);
  EXPECT_EQ(error_of("grouping: driver", "grouping: drivers"),
            "s.yaml:8:11: 'drivers' is not a grouping (did you mean 'driver'?)");
}

TEST_F(SeriesTest, AnUnknownKeyIsFoundAtAnyDepth) {
  EXPECT_EQ(error_of("title:", "titel:"),
            "s.yaml:2:1: unknown key 'titel' (did you mean 'title'?)");
  EXPECT_EQ(error_of("struct:", "strukt:"),
            "s.yaml:4:6: unknown key 'strukt' (did you mean 'struct'?)");
  EXPECT_EQ(error_of("  prefixes:", "  prefix:"),
            "s.yaml:16:3: unknown key 'prefix' (did you mean 'prefixes'?)");
}

TEST_F(SeriesTest, TheNameMakesABranch) {
  EXPECT_EQ(error_of("name: example", "name: an/example"),
            "s.yaml:1:7: 'an/example': a name is made of a-z, 0-9 and '-'");
}

TEST_F(SeriesTest, RootsAreNeeded) {
  EXPECT_THAT(error_of("\n  - {struct: vm_operations_struct, fields: [fault, page_mkwrite], "
                       "returns: vm_fault_t}",
                       " []"),
              StartsWith("s.yaml:3:8: no roots"));
  EXPECT_EQ(error_of("[fault, page_mkwrite]", "[]"),
            "s.yaml:4:44: no fields of struct vm_operations_struct");
}

TEST_F(SeriesTest, ARootMayBeAnArgument) {
  constexpr std::string_view kRoot =
      "{struct: vm_operations_struct, fields: [fault, page_mkwrite], returns: vm_fault_t}";
  const auto root =
      load(kRoot, "{argument: 1, of: [kthread_create, my_start], returns: int}").value().roots[0];
  EXPECT_EQ(root.argument, 1U);
  EXPECT_THAT(root.takers, ElementsAre("kthread_create", "my_start"));
  EXPECT_EQ(root.struct_name, "");
  EXPECT_EQ(load().value().roots[0].argument, std::nullopt);
  EXPECT_EQ(error_of(kRoot, "{argument: 0, of: [], returns: int}"),
            "s.yaml:4:23: no functions that take it");
  EXPECT_EQ(error_of(kRoot, "{argument: 0, of: [f], fields: [g], returns: int}"),
            "s.yaml:4:28: unknown key 'fields'; known: argument, of, returns");
}

TEST_F(SeriesTest, ExceptionsAreToldByCalls) {
  const auto exceptions =
      load("grouping:",
           "exceptions:\n  - {calls: [f, g], verdict: review, because: it may}\ngrouping:")
          .value()
          .exceptions;
  ASSERT_EQ(exceptions.size(), 1U);
  EXPECT_THAT(exceptions[0].calls, ElementsAre("f", "g"));
  EXPECT_FALSE(exceptions[0].safe);
  EXPECT_EQ(exceptions[0].because, "it may");
  EXPECT_EQ(error_of("grouping:",
                     "exceptions:\n  - {calls: [f], verdict: sure, because: b}\n"
                     "grouping:"),
            "s.yaml:9:27: 'sure' is not a verdict; known: safe, review");
}

TEST_F(SeriesTest, FieldsFromWhichRetrySucceedsAreAmongTheFields) {
  constexpr std::string_view kReturns = "returns: vm_fault_t";
  EXPECT_THAT(load().value().roots[0].retry_succeeds, testing::IsEmpty());
  EXPECT_THAT(load(kReturns, "returns: vm_fault_t, retry_succeeds: [page_mkwrite]")
                  .value()
                  .roots[0]
                  .retry_succeeds,
              ElementsAre("page_mkwrite"));
  EXPECT_EQ(load().value().roots[0].object, "");
  EXPECT_EQ(
      load(kReturns, "returns: vm_fault_t, object: vma->vm_private_data").value().roots[0].object,
      "vma->vm_private_data");
  EXPECT_THAT(error_of(kReturns, "returns: vm_fault_t, retry_succeeds: [page_mkwrit]"),
              HasSubstr("'page_mkwrit' is none of the fields (did you mean 'page_mkwrite'?); name "
                        "one of: fault, page_mkwrite"));
}

TEST_F(SeriesTest, AFileThatIsNotThereIsBlamedWhereItIsNamed) {
  EXPECT_EQ(error_of("convert.txt", "none.txt"),
            "s.yaml:10:13: none.txt: no such file; a name is relative to the series file");
  EXPECT_EQ(error_of("data/catalogue.yaml", "data"),
            "s.yaml:5:12: data: no such file; a name is relative to the series file");
}

TEST_F(SeriesTest, AnErrorInAFileThatIsNamedIsBlamedThere) {
  write("data/boundaries.yaml", "boundaries:\n  - {reason: r, functions: [a, b, a]}\n");
  EXPECT_EQ(local(load().error().message),
            "data/boundaries.yaml:2:35: 'a' is there twice; keep one");
  write("data/catalogue.yaml", "{sinks: [], wakers: []}");
  EXPECT_EQ(local(load().error().message),
            "data/catalogue.yaml:1:1: 'queue_waits' is missing here");
}

TEST_F(SeriesTest, TrailersAreTags) {
  EXPECT_EQ(error_of("    Link: https", "    see also: https"),
            "s.yaml:15:15: 'see also' is no tag; one looks like 'Suggested-by'");
  EXPECT_THAT(error_of("    Link: https://example.org/1", "    Signed-off-by: A <a@example.org>"),
              HasSubstr("comes from git's user.name and user.email"));
  EXPECT_EQ(error_of("https://example.org/1", "\"a\\nb\""),
            "s.yaml:15:11: a value of 'Link' has several lines");
}

TEST_F(SeriesTest, PrefixesHaveNoColonAndDirectoriesNoSlash) {
  EXPECT_EQ(error_of("    mm: mm", "    mm: \"mm:\""),
            "s.yaml:18:9: 'mm:': leave the last colon out");
  EXPECT_EQ(error_of("    mm: mm", "    mm/: mm"),
            "s.yaml:18:10: 'mm/': a directory of the tree, without '/' at its ends");
}

TEST_F(SeriesTest, NamesWhatIsThreadedWithoutAFinding) {
  EXPECT_TRUE(load().value().threads.empty());
  const auto with = [](const std::string& threads) { return "thread: " + threads + "\ncommit:"; };
  const SeriesSpec spec = load("commit:", with("\n  functions:\n"
                                               "    - {function: a_wait, parameter: intr}\n"
                                               "  contexts:\n"
                                               "    - {struct: a_ctx, field: interruptible}"))
                              .value();
  ASSERT_EQ(spec.threads.size(), 2U);
  EXPECT_EQ(spec.threads[0].kind, ThreadSpec::Kind::kFunction);
  EXPECT_EQ(spec.threads[0].text(), "a_wait(intr)");
  EXPECT_EQ(spec.threads[0].line, 11);
  EXPECT_EQ(local(spec.threads[0].place), "s.yaml:11:37");
  EXPECT_EQ(spec.threads[1].kind, ThreadSpec::Kind::kContext);
  EXPECT_EQ(spec.threads[1].text(), "a_ctx.interruptible");

  EXPECT_EQ(error_of("commit:", with("{function: []}")),
            "s.yaml:9:10: unknown key 'function' (did you mean 'functions'?)");
  EXPECT_EQ(error_of("commit:", with("{functions: [{function: a_wait}]}")),
            "s.yaml:9:22: 'parameter' is missing here");
  EXPECT_EQ(error_of("commit:", with("{functions: [{function: a_wait, parameter: []}]}")),
            "s.yaml:9:52: expected the name of a bool parameter, not a list");
  EXPECT_EQ(error_of("commit:", with("{contexts: [{struct: a, field: b}, {struct: a, field: b}]}")),
            "s.yaml:9:44: a.b is there twice; keep one");
}

TEST_F(SeriesTest, APathIsTakenAsItIs) {
  const std::string path = write("s.yaml", kSeries);
  EXPECT_EQ(find_series(path).value(), path);
  EXPECT_EQ(local(find_series((directory() / "none.yaml").string()).error().message),
            "none.yaml: no such campaign");
}

}  // namespace
}  // namespace killify
