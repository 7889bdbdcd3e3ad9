#include "report/series_report.h"

#include "report/text_report.h"
#include "series/left_alone.h"
#include "support/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace killify {
namespace {

using nlohmann::json;

constexpr const char* kStyle =
    "body{font:15px/1.45 sans-serif;max-width:62em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
    "padding:.25em .8em .25em 0;border-bottom:1px solid #ddd}"
    "pre{overflow-x:auto;background:#f6f6f6;padding:.8em}code,pre{font-size:13px}"
    ".good{color:#176f2c}.failed{color:#b00020}.not_judged{color:#8a5a00}";

VerifiedCommit verified_from(const json& commit) {
  VerifiedCommit verified{.verdict = commit.at("verdict"), .configurations = {}, .complaints = {}};
  for (const json& build : commit.at("builds")) {
    verified.configurations.push_back(build.at("config"));
    verified.warnings += build.at("new_warnings").size();
    for (const json& object : build.at("objects"))
      verified.objects += object.at("status") == "built" ? 1 : 0;
  }
  for (const json& complaint : commit.at("complaints")) {
    if (complaint.contains("waived")) continue;
    const auto where = complaint.at("where").get<std::string>();
    verified.complaints.push_back(fmt::format("{}: {}{}", complaint.at("check").get<std::string>(),
                                              where.empty() ? "" : where + ": ",
                                              complaint.at("text").get<std::string>()));
  }
  return verified;
}

const VerifiedCommit* verified_of(const SeriesReport& report, const ManifestCommit& commit) {
  if (!report.verified) return nullptr;
  const auto it = report.verified->find(commit.oid);
  return it == report.verified->end() ? nullptr : &it->second;
}

// "good in x86_64-allmod", "not verified".
std::string verified_words(const SeriesReport& report, const ManifestCommit& commit) {
  const VerifiedCommit* verified = verified_of(report, commit);
  if (verified == nullptr) return "not verified";
  std::string verdict = verified->verdict == "not_judged" ? "not judged" : verified->verdict;
  return fmt::format("{} in {}", verdict, join(verified->configurations, ", "));
}

std::string head_line(const Manifest& manifest) {
  return fmt::format("{} v{}: {} on {}, Linux {}, branch {}", manifest.series, manifest.reroll,
                     counted(manifest.commits.size(), "commit"), short_oid(manifest.base_commit),
                     manifest.kernel_version, manifest.branch);
}

std::string proof_line(const SeriesReport& report) {
  if (!report.proof) return "not proven: killify prove --series was not run";
  const std::string verdict(proof_verdict_name(report.proof->verdict()));
  return "at run time: " + (verdict == "not_judged" ? std::string("not judged") : verdict);
}

std::string commit_row(const SeriesReport& report, const ManifestCommit& commit) {
  const VerifiedCommit* verified = verified_of(report, commit);
  std::string sites;
  for (const SiteChange& site : commit.sites)
    sites += fmt::format("<br><code>{}:{}: {}() &rarr; {}()</code>", escaped(site.file), site.line,
                         escaped(site.before), escaped(site.after));
  std::string complaints;
  if (verified != nullptr)
    for (const std::string& complaint : verified->complaints)
      complaints += "<br>" + escaped(complaint);
  return fmt::format("<tr><td><code>{}</code></td><td>{}{}</td><td class=\"{}\">{}{}</td></tr>\n",
                     escaped(short_oid(commit.oid)), escaped(commit.subject), sites,
                     verified == nullptr ? "not_judged" : escaped(verified->verdict),
                     escaped(verified_words(report, commit)), complaints);
}

}  // namespace

Result<VerifiedCommits> read_verified(std::string_view text, std::string_view name) {
  try {
    const json parsed = json::parse(text);
    if (parsed.at("schema") != "killify.verify/1")
      return fail("{}: is not what `killify verify --format=json` prints", name);
    VerifiedCommits verified;
    for (const json& commit : parsed.at("commits"))
      verified[commit.at("oid").get<std::string>()] = verified_from(commit);
    return verified;
  } catch (const json::exception& error) {
    return fail("{}: is not what `killify verify --format=json` prints: {}", name, error.what());
  }
}

Result<std::string> verified_sentence(const VerifiedCommits& verified,
                                      const std::vector<Oid>& commits, std::string_view name) {
  std::set<std::string> configurations;
  std::size_t objects = 0;
  std::size_t warnings = 0;
  std::size_t good = 0;
  for (const Oid& oid : commits) {
    const auto it = verified.find(oid);
    if (it == verified.end())
      return fail("{}: says nothing of commit {}; run killify verify on this series again", name,
                  short_oid(oid));
    if (it->second.verdict == "failed")
      return fail("{}: commit {} failed; killify report DIR --verify {} shows how", name,
                  short_oid(oid), name);
    configurations.insert(it->second.configurations.begin(), it->second.configurations.end());
    objects += it->second.objects;
    warnings += it->second.warnings;
    good += it->second.verdict == "good" ? 1U : 0U;
  }
  const std::string in = list_in_words({configurations.begin(), configurations.end()});
  return fmt::format("Built after each patch{}: {}, {}, {} of {} good by killify verify.",
                     in.empty() ? "" : " in " + in, counted(objects, "object"),
                     counted(warnings, "new warning"), good,
                     counted(commits.size(), "patch", "patches"));
}

std::string series_report_text(const SeriesReport& report, const Paint& paint) {
  std::string text = paint.bold(head_line(report.manifest)) + '\n';
  for (const ManifestCommit& commit : report.manifest.commits) {
    text += fmt::format("{} {}: {}\n", short_oid(commit.oid), commit.subject,
                        verified_words(report, commit));
    if (const VerifiedCommit* verified = verified_of(report, commit))
      for (const std::string& complaint : verified->complaints) text += "  " + complaint + '\n';
  }
  if (const auto left = left_out_summary(report.manifest.left_out, kLeftAloneName); !left.empty())
    text += left + '\n';
  text += '\n' + paint.bold(proof_line(report)) + '\n';
  return report.proof ? text + proof_text(*report.proof, paint) : text;
}

std::string series_report_html(const SeriesReport& report) {
  const Manifest& manifest = report.manifest;
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n"
      "<style>{1}</style></head><body>\n<h1>{0}</h1>\n<p>{2}</p>\n",
      escaped(manifest.series), kStyle, escaped(head_line(manifest)));
  page += "<h2>Commits</h2>\n<table>\n<tr><th>commit</th><th>what</th><th>verified</th></tr>\n";
  for (const ManifestCommit& commit : manifest.commits) page += commit_row(report, commit);
  page += "</table>\n";
  if (const auto left = left_out_summary(manifest.left_out, kLeftAloneName); !left.empty())
    page += fmt::format("<p>{}</p>\n", escaped(left));
  const std::string verdict =
      report.proof ? std::string(proof_verdict_name(report.proof->verdict())) : "not_judged";
  page += fmt::format("<h2>Proof</h2>\n<p class=\"{}\">{}</p>\n",
                      verdict == "proven"    ? "good"
                      : verdict == "refuted" ? "failed"
                                             : verdict,
                      escaped(proof_line(report)));
  if (report.proof)
    page += fmt::format("<pre>{}</pre>\n", escaped(proof_text(*report.proof, Paint(false))));
  return page + fmt::format("<p>Made by killify {} with spatch {}.</p>\n</body></html>\n",
                            escaped(manifest.killify_version), escaped(manifest.spatch_version));
}

}  // namespace killify
