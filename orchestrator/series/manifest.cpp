#include "series/manifest.h"

#include "series/change_json.h"
#include "series/patch_file.h"
#include "series/postings.h"
#include "support/files.h"
#include "support/resources.h"
#include "support/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace killify {
namespace {

// Keeps the keys in the order in which they are written here.
using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "killify.manifest/1";

constexpr std::array kVerdicts = {Verdict::kConvert, Verdict::kThread, Verdict::kSuppressed,
                                  Verdict::kSafe, Verdict::kReview};

SiteChange read_site(const Json& json) {
  return {.handler = json.at("handler"),
          .function = json.at("function"),
          .file = json.at("file"),
          .line = json.at("line"),
          .before = json.at("before"),
          .after = json.at("after"),
          .object = json.at("object"),
          .on_signal = json.at("on_signal"),
          .on_fatal = json.at("on_fatal"),
          .loop_exit = json.at("loop_exit")};
}

Json commit_json(const ManifestCommit& commit) {
  return {{"oid", commit.oid},
          {"subject", commit.subject},
          {"posting", commit.posting},
          {"patch", commit.patch_file},
          {"files", commit.files},
          {"semantic_patches", commit.semantic_patches},
          {"to", commit.to},
          {"cc", commit.cc},
          {"kind", commit.kind},
          {"step", commit.step},
          {"needs", commit.needs},
          {"enables", commit.enables},
          {"additions", additions_json(commit.additions)},
          {"sites", sites_json(commit.sites)},
          {"dropped_exports", commit.dropped_exports}};
}

ManifestCommit read_commit(const Json& json) {
  ManifestCommit commit{
      .oid = json.at("oid"),
      .subject = json.at("subject"),
      .posting = json.value("posting", 0U),  // not in what 0.1 wrote
      .patch_file = json.at("patch"),
      .files = json.at("files"),
      .semantic_patches = json.at("semantic_patches"),
      .to = json.at("to"),
      .cc = json.at("cc"),
      .kind = json.at("kind"),
      .step = json.at("step"),
      .needs = json.at("needs"),
      .enables = json.at("enables"),
      .additions = {},
      .sites = {},
      // not in what 0.1 wrote
      .dropped_exports = json.value("dropped_exports", std::vector<std::string>())};
  for (const Json& addition : json.at("additions"))
    commit.additions.push_back({.name = addition.at("name"),
                                .model = addition.at("model"),
                                .file = addition.at("file"),
                                .guard = addition.value("guard", false)});
  for (const Json& site : json.at("sites")) commit.sites.push_back(read_site(site));
  return commit;
}

// A finding as `audit --format=json` writes it, and why the series leaves it alone.
Json left_out_json(const LeftOut& item) {
  const Finding& finding = item.finding;
  Json chain = Json::array();
  for (const Hop& hop : finding.chain)
    chain.push_back(
        {{"function", hop.function}, {"file", hop.file}, {"line", hop.line}, {"edge", hop.edge}});
  Json handler = {{"function", finding.handler.function},
                  {"file", finding.handler.file},
                  {"line", finding.handler.line}};
  const auto sink_json = [](const SinkCall& sink) -> Json {
    return {
        {"name", sink.name}, {"function", sink.function}, {"file", sink.file}, {"line", sink.line}};
  };
  Json also = Json::array();
  for (const SinkCall& sink : finding.also) also.push_back(sink_json(sink));
  Json found = {{"id", finding.id},
                {"handler", handler},
                {"sink", sink_json(finding.sink)},
                {"also", also},
                {"chain", chain},
                {"condition", finding.condition},
                {"on_signal", finding.on_signal},
                {"verdict", verdict_name(finding.verdict)},
                {"reason", finding.reason}};
  return {{"finding", found}, {"reason", item.reason}};
}

Verdict read_verdict(const std::string& name) {
  const auto* const verdict = std::ranges::find_if(
      kVerdicts, [&](Verdict candidate) { return name == verdict_name(candidate); });
  return verdict == kVerdicts.end() ? Verdict::kReview : *verdict;
}

LeftOut read_left_out(const Json& json) {
  const Json& found = json.at("finding");
  LeftOut item;
  item.reason = json.at("reason");
  item.finding.id = found.at("id");
  item.finding.handler.function = found.at("handler").at("function");
  item.finding.handler.file = found.at("handler").at("file");
  item.finding.handler.line = found.at("handler").at("line");
  const auto read_sink = [](const Json& sink) -> SinkCall {
    return {sink.at("name"), sink.at("function"), sink.at("file"), sink.at("line"), {}};
  };
  item.finding.sink = read_sink(found.at("sink"));
  for (const Json& sink : found.value("also", Json::array()))
    item.finding.also.push_back(read_sink(sink));
  for (const Json& hop : found.at("chain"))
    item.finding.chain.push_back({.function = hop.at("function"),
                                  .file = hop.at("file"),
                                  .line = hop.at("line"),
                                  .edge = hop.at("edge")});
  item.finding.condition = found.at("condition");
  item.finding.on_signal = found.at("on_signal");
  item.finding.verdict = read_verdict(found.at("verdict"));
  item.finding.reason = found.at("reason");
  return item;
}

Manifest read_json(const Json& json) {
  Manifest manifest;
  manifest.base_commit = json.at("tree").at("commit");
  manifest.kernel_version = json.at("tree").at("version");
  manifest.module = json.at("tree").value("module", std::string());
  manifest.series = json.at("series");
  manifest.branch = json.at("branch");
  manifest.reroll = json.at("reroll");
  manifest.killify_version = json.at("killify");
  manifest.spatch_version = json.at("spatch");
  for (const Json& patch : json.at("semantic_patches"))
    manifest.semantic_patches.push_back({.path = patch.at("path"), .sha256 = patch.at("sha256")});
  for (const Json& commit : json.at("commits")) manifest.commits.push_back(read_commit(commit));
  for (const Json& item : json.at("left_out")) manifest.left_out.push_back(read_left_out(item));
  manifest.outputs = json.at("outputs").get<std::map<std::string, std::string>>();
  return manifest;
}

constexpr std::size_t kOidDigits = 40;
constexpr std::size_t kShownOid = 60;  // of what is none

bool is_oid(std::string_view text) {
  return text.size() == kOidDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// nlohmann-json's "[json.exception.type_error.302] type must be ..." without the part in brackets.
std::string_view plain(std::string_view what) {
  const std::size_t end = what.find("] ");
  return end == std::string_view::npos ? what : what.substr(end + 2);
}

// A campaign's own goes by its name: where its folder is says nothing to others.
std::vector<std::string> names_of_patches(std::vector<std::string> patches) {
  for (std::string& patch : patches)
    if (patch.starts_with('/')) patch = patch.substr(patch.rfind('/') + 1);
  return patches;
}

ManifestCommit manifest_commit(const SeriesCommit& commit, const PostingRange& range,
                               const MailPosition& position) {
  ManifestCommit entry{
      .oid = commit.oid,
      .subject = commit.message.subject,
      .posting = range.posting.number,
      .patch_file = range.directory + mail_file_name(position, commit.message.subject),
      .files = {},
      .semantic_patches = names_of_patches(commit.change.semantic_patches),
      .to = commit.to,
      .cc = commit.cc,
      .kind = kind_name(commit.change.step.kind),
      .step = commit.change.step.name,
      .needs = commit.change.step.needs,
      .enables = commit.change.step.enables,
      .additions = commit.change.additions,
      .sites = commit.change.sites,
      .dropped_exports = commit.change.dropped_exports};
  for (const FileChange& file : commit.change.files) entry.files.push_back(file.path);
  return entry;
}

}  // namespace

Manifest make_manifest(const Series& series) {
  Manifest manifest;
  manifest.base_commit = series.base.oid;
  manifest.kernel_version = series.kernel_version;
  manifest.module = series.module;
  manifest.series = series.name;
  manifest.branch = series.branch;
  manifest.reroll = series.reroll;
  manifest.killify_version = version();
  manifest.spatch_version = series.spatch_version;
  manifest.semantic_patches = series.semantic_patches;
  manifest.left_out = series.left_out;
  for (const PostingRange& range : postings_of(series.commits))
    for (const SeriesCommit& commit : commits_of(series, range))
      manifest.commits.push_back(
          manifest_commit(commit, range,
                          {.number = manifest.commits.size() - range.first + 1,
                           .total = range.count,
                           .reroll = series.reroll}));
  return manifest;
}

std::string manifest_json(const Manifest& manifest) {
  Json patches = Json::array();
  for (const SemanticPatchUsed& patch : manifest.semantic_patches)
    patches.push_back({{"path", patch.path}, {"sha256", patch.sha256}});
  Json commits = Json::array();
  for (const ManifestCommit& commit : manifest.commits) commits.push_back(commit_json(commit));
  Json left_out = Json::array();
  for (const LeftOut& item : manifest.left_out) left_out.push_back(left_out_json(item));
  Json tree = {{"commit", manifest.base_commit}, {"version", manifest.kernel_version}};
  if (!manifest.module.empty()) tree["module"] = manifest.module;
  const Json json = {{"schema", kSchema},
                     {"tree", tree},
                     {"series", manifest.series},
                     {"branch", manifest.branch},
                     {"reroll", manifest.reroll},
                     {"killify", manifest.killify_version},
                     {"spatch", manifest.spatch_version},
                     {"semantic_patches", patches},
                     {"commits", commits},
                     {"left_out", left_out},
                     {"outputs", manifest.outputs}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Manifest> read_manifest(const std::filesystem::path& file) {
  KILLIFY_TRY(const std::string text, read_file(file));
  try {
    const Json json = Json::parse(text);
    const std::string schema = json.at("schema");
    if (schema != kSchema)
      return fail("{}: is written in {}, this killify reads {}; generate the series again",
                  file.string(), elide_middle(schema, kShownOid), kSchema);
    Manifest manifest = read_json(json);
    std::vector<Oid> oids{manifest.base_commit};
    for (const ManifestCommit& commit : manifest.commits) oids.push_back(commit.oid);
    for (const Oid& oid : oids)  // git and pages are given these
      if (!is_oid(oid))
        return fail("{}: '{}' is no commit's id; generate the series again", file.string(),
                    elide_middle(oid, kShownOid));
    return manifest;
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    return fail("{}:{}: is not whole JSON; generate the series again", file.string(),
                std::count(text.begin(), end, '\n') + 1);
  } catch (const Json::exception& error) {
    return fail("{}: is no manifest of killify: {}; generate the series again", file.string(),
                plain(error.what()));
  }
}

}  // namespace killify
