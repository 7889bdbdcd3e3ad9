#include "report/check_report.h"

#include "support/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace killify {

std::string check_text(const CheckReport& report, const Paint& paint) {
  std::string text;
  for (const CheckedMail& mail : report.mails) {
    text += fmt::format("{}: {}\n", mail.file,
                        mail.faults.empty() ? paint.green("clean")
                                            : paint.red(counted(mail.faults.size(), "fault")));
    for (const CheckFault& fault : mail.faults)
      text += fmt::format("  {}: {}{}\n", fault.check,
                          fault.where.empty() ? "" : fault.where + ": ", fault.text);
  }
  for (const NotChecked& left : report.not_checked)
    text += fmt::format("{}: {}: {}\n",
                        left.unjudged ? paint.yellow("not judged") : paint.dim("not run"),
                        left.check, left.why);
  const auto mails = counted(report.mails.size(), "mail");
  switch (report.exit()) {
    case Exit::kOk:
      return text + fmt::format("{} on {}: {}\n", mails, short_oid(report.base),
                                paint.green("nothing to complain about"));
    case Exit::kUnjudged:
      return text + fmt::format("{} on {}: {}\n", mails, short_oid(report.base),
                                paint.yellow("not judged"));
    default:
      return text + fmt::format("{} on {}: {}\n", mails, short_oid(report.base),
                                paint.red(counted(report.faults(), "fault")));
  }
}

std::string check_json(const CheckReport& report) {
  using nlohmann::ordered_json;
  ordered_json json{{"schema", "killify.check/1"},
                    {"base", report.base},
                    {"verdict", report.exit() == Exit::kOk         ? "clean"
                                : report.exit() == Exit::kUnjudged ? "not_judged"
                                                                   : "failed"},
                    {"mails", ordered_json::array()},
                    {"not_checked", ordered_json::array()}};
  for (const CheckedMail& mail : report.mails) {
    ordered_json faults = ordered_json::array();
    for (const CheckFault& fault : mail.faults)
      faults.push_back({{"check", fault.check}, {"where", fault.where}, {"text", fault.text}});
    json["mails"].push_back({{"file", mail.file},
                             {"subject", mail.subject},
                             {"commit", mail.commit},
                             {"faults", std::move(faults)}});
  }
  for (const NotChecked& left : report.not_checked)
    json["not_checked"].push_back(
        {{"check", left.check}, {"why", left.why}, {"unjudged", left.unjudged}});
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace killify
