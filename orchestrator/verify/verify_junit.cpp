#include "support/text.h"
#include "verify/verify_report.h"

#include <fmt/format.h>

#include <array>

namespace killify {
namespace {

struct Suite {
  std::string cases;
  unsigned tests = 0;
  unsigned failures = 0;
  unsigned errors = 0;
  unsigned skipped = 0;

  // `inside`: "<failure .../>" and its like; "" where all is well.
  void add(std::string_view group, std::string_view name, const std::string& inside,
           double seconds = 0) {
    ++tests;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                         escaped(group), escaped(name), seconds);
    cases += inside.empty() ? "/>\n" : ">" + inside + "</testcase>\n";
  }
};

std::string element(std::string_view kind, std::string_view message, std::string_view text = {}) {
  return fmt::format("<{0} message=\"{1}\">{2}</{0}>", kind, escaped(message), escaped(text));
}

void add_object(Suite& suite, const BuildResult& build, const ObjectResult& object) {
  std::string inside;
  switch (object.status) {
    case BuildStatus::kBuilt:
      break;
    case BuildStatus::kFailed:
      ++suite.failures;
      inside = element("failure", object.error.text,
                       object.error.block + "\n" + object.hunk + "\nlog: " + build.log);
      break;
    case BuildStatus::kFailedBefore:
    case BuildStatus::kNotJudged:
    case BuildStatus::kNotEnabled: {
      ++suite.skipped;
      std::string why(build_status_name(object.status));
      if (!object.reason.empty()) why += ": " + object.reason;
      inside = fmt::format("<skipped message=\"{}\"/>", escaped(why));
      break;
    }
    case BuildStatus::kNothing:
      return;
  }
  suite.add(build.configuration, object.object.empty() ? object.source : object.object, inside);
}

// A difference is told, and does not fail the commit.
void add_caller(Suite& suite, const Caller& caller) {
  if (caller.broken) return;  // a complaint
  std::string why = caller.problem;
  if (caller.object.empty())
    why = "not built";
  else if (caller.difference.change == CodeChange::kOther)
    why = "differs in " + caller.difference.functions.front().function;
  if (!why.empty()) ++suite.skipped;
  suite.add("callers", caller.object.empty() ? caller.source : caller.object,
            why.empty() ? "" : fmt::format("<skipped message=\"{}\"/>", escaped(why)));
}

}  // namespace

std::string verify_junit(const VerifyReport& report) {
  std::string suites;
  Suite all;
  for (const CommitResult& commit : report.commits) {
    Suite suite;
    double seconds = 0;
    for (const BuildResult& build : commit.builds) {
      seconds += build.seconds;
      for (const ObjectResult& object : build.objects) add_object(suite, build, object);
    }
    if (commit.callers)
      for (const Caller& caller : commit.callers->callers) add_caller(suite, caller);
    for (const Complaint& complaint : commit.complaints) {
      const bool counts = complaint.waived.empty();
      if (counts)
        ++suite.failures;
      else
        ++suite.skipped;
      suite.add(complaint.check, complaint.where.empty() ? complaint.text : complaint.where,
                counts ? element("failure", complaint.text)
                       : fmt::format("<skipped message=\"{}\"/>",
                                     escaped(complaint.text + "; waived: " + complaint.waived)));
    }
    // A verdict that no single case tells: a file that was built in no configuration.
    if (commit.verdict() == CommitVerdict::kNotJudged) {
      ++suite.errors;
      suite.add(
          "verdict", "every changed file is judged",
          element("error", commit.unchecked.empty() ? "could not be judged" : commit.unchecked));
    }
    suites += fmt::format(
        "  <testsuite name=\"{} {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\">\n{}  </testsuite>\n",
        commit.oid.substr(0, 12), escaped(commit.subject), suite.tests, suite.failures,
        suite.errors, suite.skipped, seconds, suite.cases);
    all.tests += suite.tests;
    all.failures += suite.failures;
    all.errors += suite.errors;
    all.skipped += suite.skipped;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"killify verify\" "
      "tests=\"{}\" "
      "failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}</testsuites>\n",
      all.tests, all.failures, all.errors, all.skipped, suites);
}

}  // namespace killify
