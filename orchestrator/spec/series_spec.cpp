#include "spec/series_spec.h"

#include "spec/campaigns.h"
#include "spec/yaml_node.h"
#include "support/files.h"
#include "support/resources.h"
#include "support/text.h"

#include <algorithm>
#include <cctype>
#include <system_error>
#include <tuple>
#include <utility>

namespace killify {
namespace fs = std::filesystem;
namespace {

// Used in a branch's name, so no more than this.
bool is_plain_name(std::string_view name) {
  return std::ranges::all_of(name, [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
  });
}

// A list of names that are all among `fields`.
Result<std::vector<std::string>> read_some_of(const std::vector<std::string>& fields,
                                              const YamlNode& node) {
  KILLIFY_TRY(auto names, node.texts("a list of fields"));
  for (const std::string& name : names)
    if (std::ranges::find(fields, name) == fields.end())
      return node.fail("'{}' is none of the fields{}; name one of: {}", name,
                       did_you_mean(name, fields), join(fields, ", "));
  return names;
}

// {argument: 0, of: [kthread_create], returns: int}
Result<RootSpec> read_argument_root(const YamlNode& item) {
  KILLIFY_TRY(const YamlMap map, item.map({"argument", "of", "returns"}));
  RootSpec root;
  KILLIFY_TRY(root.argument, map.at("argument").number("which argument, counted from 0"));
  KILLIFY_TRY(root.takers, map.at("of").texts("a list of functions that take it"));
  if (root.takers.empty()) return map.at("of").fail("no functions that take it");
  KILLIFY_TRY(root.returns, map.at("returns").text("the type that such a function returns"));
  return root;
}

Result<std::vector<RootSpec>> read_roots(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of structs with their fields"));
  if (items.empty()) return node.fail("no roots: without them there is nothing to look at");
  std::vector<RootSpec> roots;
  for (const YamlNode& item : items) {
    if (const auto entries = item.entries("a root");
        entries && std::ranges::any_of(*entries, [](const auto& one) {
          return one.first == "argument" || one.first == "of";
        })) {
      KILLIFY_TRY(auto root, read_argument_root(item));
      roots.push_back(std::move(root));
      continue;
    }
    KILLIFY_TRY(const YamlMap map,
                item.map({"struct", "fields", "returns"}, {"retry_succeeds", "object"}));
    RootSpec root;
    KILLIFY_TRY(root.struct_name, map.at("struct").text("the name of a struct"));
    KILLIFY_TRY(root.fields, map.at("fields").texts("a list of fields"));
    if (root.fields.empty())
      return map.at("fields").fail("no fields of struct {}", root.struct_name);
    KILLIFY_TRY(root.returns, map.at("returns").text("the type that such a function returns"));
    if (const YamlNode* retry = map.find("retry_succeeds")) {
      KILLIFY_TRY(root.retry_succeeds, read_some_of(root.fields, *retry));
    }
    if (const YamlNode* object = map.find("object")) {
      KILLIFY_TRY(root.object, object->text("where the object is: vma->vm_private_data"));
    }
    roots.push_back(std::move(root));
  }
  return roots;
}

// A semantic patch of the campaign's own ("./x.cocci"), or one of ours ("convert/x.cocci").
Result<std::string> read_patch(const YamlNode& node, const fs::path& file) {
  KILLIFY_TRY(const std::string name, node.text("a semantic patch"));
  if (name.starts_with("./")) {
    KILLIFY_TRY(const fs::path path, node.named_file(file));
    return path.string();
  }
  KILLIFY_TRY(const fs::path data, data_dir());
  std::error_code ignored;
  if (!fs::is_regular_file(data / "semantic-patches" / name, ignored))
    return node.fail(
        "{}: no such semantic patch of killify; one of the campaign's own begins with './'", name);
  return name;
}

// - add: counterparts
// - carry: task-state
// - {apply: families, becomes: killable}
Result<Passes> read_passes(const YamlNode& node, const fs::path& file) {
  constexpr const char* kFamilies = "families";
  KILLIFY_TRY(const auto items, node.list("a list of passes: add, carry, apply"));
  Passes passes;
  passes.add = false;
  passes.carry = false;
  bool applies = false;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({}, {"add", "carry", "apply", "becomes"}));
    if (applies) return item.fail("'apply' is the last pass");
    const YamlNode* add = map.find("add");
    const YamlNode* carry = map.find("carry");
    const YamlNode* apply = map.find("apply");
    const YamlNode* becomes = map.find("becomes");
    if ((add != nullptr) + (carry != nullptr) + (apply != nullptr) != 1 ||
        (becomes != nullptr) != (apply != nullptr))
      return item.fail("a pass is one of 'add', 'carry', and 'apply' with 'becomes'");
    if (add != nullptr) {
      if (passes.carry) return item.fail("'add' comes before 'carry': that calls what was added");
      KILLIFY_TRY(passes.add, add->word<bool>("what is added", {{"counterparts", true}}));
    } else if (carry != nullptr) {
      KILLIFY_TRY(passes.carry, carry->word<bool>("what is carried", {{"task-state", true}}));
    } else {
      applies = true;
      KILLIFY_TRY(passes.becomes,
                  becomes->word<Becomes>("what a sleep becomes",
                                         {{"killable", Becomes::kKillable},
                                          {"uninterruptible", Becomes::kUninterruptible},
                                          {"idle", Becomes::kIdle}}));
      KILLIFY_TRY(const std::string what, apply->text("'families', or a semantic patch"));
      if (what != kFamilies) {
        KILLIFY_TRY(passes.apply, read_patch(*apply, file));
      } else if (passes.becomes != Becomes::kKillable) {
        return apply->fail("the families' semantic patches make sleeps killable; name another");
      }
      if (!passes.apply.empty() && (passes.add || passes.carry))
        return apply->fail("'add' and 'carry' make killable forms; they go with 'apply: families'");
    }
  }
  if (!applies) return node.fail("no 'apply': nothing would be converted");
  return passes;
}

Result<CampaignWords> read_words(const YamlNode& node) {
  KILLIFY_TRY(const YamlMap map, node.map({"root", "roots", "event", "advice", "outcomes"}));
  CampaignWords words;
  KILLIFY_TRY(words.root, map.at("root").text("what a function of the roots is called"));
  KILLIFY_TRY(words.roots, map.at("roots").text("what several of them are called"));
  KILLIFY_TRY(words.event, map.at("event").text("what runs one of them"));
  KILLIFY_TRY(words.advice, map.at("advice").text("what to do about a sleep that only they reach"));
  KILLIFY_TRY(const auto outcomes,
              map.at("outcomes").entries("a mapping from a result to what it means"));
  for (const auto& [result, value] : outcomes) {
    OutcomeSpec outcome{.result = result, .says = {}};
    KILLIFY_TRY(outcome.says, value.text("what the root does then, behind its name"));
    words.outcomes.push_back(std::move(outcome));
  }
  return words;
}

// scope: scope/strategy.yaml
Result<std::vector<Strategy>> read_strategies(const YamlNode& node, SeriesSpec& spec) {
  KILLIFY_TRY(const auto entries, node.entries("a mapping from a name to a strategy's file"));
  std::vector<Strategy> strategies;
  for (const auto& [name, value] : entries) {
    if (!is_plain_name(name)) return value.fail("'{}': a name is made of a-z, 0-9 and '-'", name);
    if (name == kThreadStrategy || name == kConvertOnlyStrategy)
      return value.fail("'{}' is a strategy of every campaign; choose another name", name);
    KILLIFY_TRY(const fs::path file, value.named_file(spec.file));
    KILLIFY_TRY(auto strategy, load_strategy(name, file));
    spec.sources.push_back(file);
    strategies.push_back(std::move(strategy));
  }
  return strategies;
}

// {calls: [allow_signal], verdict: safe, because: it takes signals}
Result<std::vector<ExceptionSpec>> read_exceptions(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of calls with a verdict"));
  std::vector<ExceptionSpec> exceptions;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"calls", "verdict", "because"}));
    ExceptionSpec one;
    KILLIFY_TRY(one.calls, map.at("calls").texts("a list of functions and macros"));
    KILLIFY_TRY(one.safe,
                map.at("verdict").word<bool>("a verdict", {{"safe", true}, {"review", false}}));
    KILLIFY_TRY(one.because, map.at("because").text("what such a call means"));
    exceptions.push_back(std::move(one));
  }
  return exceptions;
}

Result<std::vector<UnseenSpec>> read_unseen(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of functions with the reason"));
  std::vector<UnseenSpec> unseen;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"function", "why"}));
    UnseenSpec one;
    KILLIFY_TRY(one.function, map.at("function").text("the name of a function"));
    KILLIFY_TRY(one.why, map.at("why").text("why the search does not begin there"));
    unseen.push_back(std::move(one));
  }
  return unseen;
}

Status read_threads_of(ThreadSpec::Kind kind, const YamlNode& node,
                       std::vector<ThreadSpec>& threads) {
  const bool is_function = kind == ThreadSpec::Kind::kFunction;
  const char* name = is_function ? "function" : "struct";
  const char* flag = is_function ? "parameter" : "field";
  KILLIFY_TRY(const auto items, node.list("a list"));
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({name, flag}));
    ThreadSpec thread{.kind = kind,
                      .name = {},
                      .flag = {},
                      .place = map.at(flag).place(),
                      .line = map.at(flag).line()};
    KILLIFY_TRY(thread.name, map.at(name).text(fmt::format("the name of a {}", name)));
    KILLIFY_TRY(thread.flag, map.at(flag).text(fmt::format("the name of a bool {}", flag)));
    if (std::ranges::find(threads, thread.text(), &ThreadSpec::text) != threads.end())
      return item.fail("{} is there twice; keep one", thread.text());
    threads.push_back(std::move(thread));
  }
  return {};
}

Result<std::vector<ThreadSpec>> read_threads(const YamlNode& node) {
  KILLIFY_TRY(const YamlMap map, node.map({}, {"functions", "contexts"}));
  std::vector<ThreadSpec> threads;
  if (const YamlNode* functions = map.find("functions"))
    KILLIFY_CHECK(read_threads_of(ThreadSpec::Kind::kFunction, *functions, threads));
  if (const YamlNode* contexts = map.find("contexts"))
    KILLIFY_CHECK(read_threads_of(ThreadSpec::Kind::kContext, *contexts, threads));
  return threads;
}

// Reasons, each with the functions it holds for.
Result<std::vector<Boundary>> load_boundaries(const fs::path& file) {
  KILLIFY_TRY(const YamlNode document, YamlNode::load(file));
  KILLIFY_TRY(const YamlMap top, document.map({"boundaries"}));
  KILLIFY_TRY(const auto items, top.at("boundaries").list("a list of reasons with functions"));
  std::vector<Boundary> boundaries;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"reason", "functions"}));
    KILLIFY_TRY(const std::string reason, map.at("reason").text("why the traversal stops"));
    KILLIFY_TRY(const auto functions, map.at("functions").list("a list of functions or globs"));
    for (const YamlNode& function : functions) {
      KILLIFY_TRY(std::string name, function.text("a function or a glob"));
      if (std::ranges::find(boundaries, name, &Boundary::name) != boundaries.end())
        return function.fail("'{}' is there twice; keep one", name);
      boundaries.push_back({std::move(name), reason});
    }
  }
  return boundaries;
}

bool is_trailer_key(std::string_view key) {
  return std::isupper(static_cast<unsigned char>(key.front())) != 0 &&
         std::ranges::all_of(key, [](unsigned char c) { return std::isalpha(c) != 0 || c == '-'; });
}

Result<std::vector<Trailer>> read_trailers(const YamlNode& node) {
  KILLIFY_TRY(const auto entries, node.entries("a mapping from a tag to its value or values"));
  std::vector<Trailer> trailers;
  for (const auto& [key, value] : entries) {
    if (!is_trailer_key(key))
      return value.fail("'{}' is no tag; one looks like 'Suggested-by'", key);
    if (key == "Signed-off-by")
      return value.fail("'Signed-off-by' comes from git's user.name and user.email; remove it");
    KILLIFY_TRY(auto texts, value.text_or_texts("a value, or a list of values"));
    for (std::string& text : texts) {
      if (text.find('\n') != text.npos) return value.fail("a value of '{}' has several lines", key);
      trailers.push_back({key, std::move(text)});
    }
  }
  return trailers;
}

Result<std::vector<SubjectPrefix>> read_prefix_table(const YamlNode& node) {
  KILLIFY_TRY(const auto entries, node.entries("a mapping from a directory to its prefix"));
  std::vector<SubjectPrefix> prefixes;
  for (const auto& [directory, value] : entries) {
    if (directory.starts_with('/') || directory.ends_with('/'))
      return value.fail("'{}': a directory of the tree, without '/' at its ends", directory);
    KILLIFY_TRY(auto texts, value.text_or_texts("a prefix, or a list of prefixes"));
    for (std::string& text : texts) {
      if (text.ends_with(':')) return value.fail("'{}': leave the last colon out", text);
      prefixes.push_back({directory, std::move(text)});
    }
  }
  return prefixes;
}

// A mapping, or the name of a file with one.
Result<std::vector<SubjectPrefix>> read_prefixes(const YamlNode& node, SeriesSpec& spec) {
  if (!node.is_text()) return read_prefix_table(node);
  KILLIFY_TRY(const fs::path named, node.named_file(spec.file));
  spec.sources.push_back(named);
  KILLIFY_TRY(const YamlNode document, YamlNode::load(named));
  KILLIFY_TRY(const YamlMap map, document.map({"prefixes"}));
  return read_prefix_table(map.at("prefixes"));
}

Status read_commit(const YamlNode& node, SeriesSpec& spec) {
  KILLIFY_TRY(const YamlMap map, node.map({"template"}, {"prepare_template", "thread_template",
                                                         "trailers", "prefixes"}));
  CommitSpec& commit = spec.commit;
  KILLIFY_TRY(commit.template_file, map.at("template").named_file(spec.file));
  for (const auto& [key, wanted, place] :
       {std::tuple("prepare_template", spec.passes.add, &commit.prepare_template),
        std::tuple("thread_template", spec.passes.carry, &commit.thread_template)}) {
    const YamlNode* name = map.find(key);
    if (name == nullptr && wanted) return node.fail("'{}' is missing here", key);
    if (name != nullptr) {
      KILLIFY_TRY(*place, name->named_file(spec.file));
    }
  }
  if (const YamlNode* trailers = map.find("trailers")) {
    KILLIFY_TRY(commit.trailers, read_trailers(*trailers));
  }
  if (const YamlNode* prefixes = map.find("prefixes")) {
    KILLIFY_TRY(commit.prefixes, read_prefixes(*prefixes, spec));
  }
  return {};
}

Result<CoverSpec> read_cover(const YamlNode& node, const fs::path& file) {
  KILLIFY_TRY(const YamlMap map, node.map({"template"}, {"patches"}));
  CoverSpec cover;
  KILLIFY_TRY(cover.template_file, map.at("template").named_file(file));
  if (const YamlNode* patches = map.find("patches")) {
    KILLIFY_TRY(cover.patches, patches->number("how many patches go under one cover letter"));
  }
  return cover;
}

Result<std::vector<Waiver>> read_waivers(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of waivers"));
  std::vector<Waiver> waivers;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"check", "reason"}, {"path"}));
    Waiver waiver;
    KILLIFY_TRY(waiver.check,
                map.at("check").text("a type of checkpatch.pl, or a text of the message"));
    KILLIFY_TRY(waiver.reason, map.at("reason").text("why it is accepted"));
    if (const YamlNode* path = map.find("path")) {
      KILLIFY_TRY(waiver.path, path->text("a file of the tree"));
    }
    waivers.push_back(std::move(waiver));
  }
  return waivers;
}

Result<std::vector<NeutralCommits>> read_neutral(const YamlNode& node) {
  KILLIFY_TRY(const auto items, node.list("a list of subjects"));
  std::vector<NeutralCommits> neutral;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"subject"}, {"but"}));
    NeutralCommits commits;
    KILLIFY_TRY(commits.subject, map.at("subject").text("a glob of subjects"));
    if (const YamlNode* files = map.find("but")) {
      KILLIFY_TRY(commits.but, files->texts("a list of files"));
    }
    neutral.push_back(std::move(commits));
  }
  return neutral;
}

Result<std::vector<ConfigurationSpec>> read_configurations(const YamlNode& node,
                                                           const fs::path& file) {
  KILLIFY_TRY(const auto items, node.list("a list of configurations"));
  std::vector<ConfigurationSpec> configurations;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(const YamlMap map, item.map({"name", "arch", "base"}, {"compiler", "fragments"}));
    ConfigurationSpec one;
    KILLIFY_TRY(one.name, map.at("name").text("a name"));
    // It names directories.
    if (one.name.find('/') != one.name.npos || one.name.starts_with('.'))
      return map.at("name").fail("'{}': a name holds no '/' and starts with no '.'", one.name);
    KILLIFY_TRY(one.arch, map.at("arch").text("an architecture"));
    KILLIFY_TRY(one.base, map.at("base").text("a target of make, or a file"));
    if (one.base.find('/') != one.base.npos) {
      KILLIFY_TRY(one.base, map.at("base").named_file(file));
    }
    if (const YamlNode* compiler = map.find("compiler")) {
      KILLIFY_TRY(one.clang, compiler->word<bool>("a compiler", {{"gcc", false}, {"clang", true}}));
    }
    if (const YamlNode* fragments = map.find("fragments")) {
      KILLIFY_TRY(const auto names, fragments->list("a list of files"));
      for (const YamlNode& name : names) {
        KILLIFY_TRY(auto path, name.named_file(file));
        one.fragments.push_back(std::move(path));
      }
    }
    configurations.push_back(std::move(one));
  }
  return configurations;
}

Status read_verify(const YamlNode& node, const fs::path& file, SeriesSpec& spec) {
  KILLIFY_TRY(const YamlMap map,
              node.map({"configs"}, {"checkpatch_waivers", "line_waivers", "neutral", "define"}));
  KILLIFY_TRY(spec.verify_configs, map.at("configs").texts("a list of configurations"));
  if (const YamlNode* waivers = map.find("checkpatch_waivers")) {
    KILLIFY_TRY(spec.checkpatch_waivers, read_waivers(*waivers));
  }
  if (const YamlNode* waivers = map.find("line_waivers")) {
    KILLIFY_TRY(spec.line_waivers, read_waivers(*waivers));
  }
  if (const YamlNode* define = map.find("define")) {
    KILLIFY_TRY(spec.configurations, read_configurations(*define, file));
  }
  if (const YamlNode* neutral = map.find("neutral")) {
    KILLIFY_TRY(spec.neutral, read_neutral(*neutral));
  }
  return {};
}

// What ends a root on a fatal signal: of campaigns that leave one to end a sleep.
Status read_on_fatal_signal(const YamlNode& document, const YamlMap& map, SeriesSpec& spec) {
  const YamlNode* node = map.find("on_fatal_signal");
  if (spec.passes.becomes != Becomes::kKillable) {
    if (node != nullptr) return node->fail("no signal ends these sleeps any more; remove it");
    return {};
  }
  if (node == nullptr) return document.fail("'on_fatal_signal' is missing here");
  using OnSignal = std::optional<std::string>;
  KILLIFY_TRY(spec.on_fatal_signal,
              node->word<OnSignal>("what ends a fault", {{"VM_FAULT_SIGBUS", "VM_FAULT_SIGBUS"},
                                                         {"VM_FAULT_SIGSEGV", "VM_FAULT_SIGSEGV"},
                                                         {"keep", std::nullopt}}));
  return {};
}

}  // namespace

std::string CampaignWords::outcome(const std::string& result) const {
  constexpr std::string_view kResult = "{result}";
  const std::string kind = result.starts_with('-') ? "-*" : result;
  for (const std::string& known : {result, kind})
    for (const OutcomeSpec& one : outcomes) {
      if (one.result != known) continue;
      std::string says = one.says;
      if (const auto at = says.find(kResult); at != says.npos)
        says.replace(at, kResult.size(), result);
      return says;
    }
  return {};
}

Result<SeriesSpec> load_series(const fs::path& file) {
  KILLIFY_TRY(const YamlNode document, YamlNode::load(file));
  KILLIFY_TRY(const YamlMap map,
              document.map({"name", "title", "roots", "catalogue", "boundaries", "grouping",
                            "commit", "cover", "verify"},
                           {"on_fatal_signal", "passes", "words", "thread", "exceptions",
                            "drop_exports", "unseen", "strategies"}));
  SeriesSpec spec;
  spec.file = fs::absolute(file).lexically_normal();
  KILLIFY_TRY(spec.name, map.at("name").text("the name of the series"));
  if (!is_plain_name(spec.name))
    return map.at("name").fail("'{}': a name is made of a-z, 0-9 and '-'", spec.name);
  KILLIFY_TRY(spec.title, map.at("title").text("the subject of the cover letter"));
  KILLIFY_TRY(spec.roots, read_roots(map.at("roots")));
  if (const YamlNode* unseen = map.find("unseen")) {
    KILLIFY_TRY(spec.unseen, read_unseen(*unseen));
  }
  if (const YamlNode* exceptions = map.find("exceptions")) {
    KILLIFY_TRY(spec.exceptions, read_exceptions(*exceptions));
  }
  if (const YamlNode* threads = map.find("thread")) {
    KILLIFY_TRY(spec.threads, read_threads(*threads));
  }
  if (const YamlNode* exports = map.find("drop_exports")) {
    KILLIFY_TRY(spec.dropped_exports, exports->texts("functions"));
  }
  if (const YamlNode* passes = map.find("passes")) {
    KILLIFY_TRY(spec.passes, read_passes(*passes, file));
  }
  if (const YamlNode* words = map.find("words")) {
    KILLIFY_TRY(spec.words, read_words(*words));
  }
  KILLIFY_TRY(const fs::path catalogue, map.at("catalogue").named_file(file));
  KILLIFY_TRY(spec.catalogue, load_catalogue(catalogue.string(), spec.passes.becomes));
  KILLIFY_TRY(const fs::path boundaries, map.at("boundaries").named_file(file));
  KILLIFY_TRY(spec.boundaries, load_boundaries(boundaries));
  spec.sources = {spec.file, catalogue, boundaries};
  if (fs::path(spec.passes.apply).is_absolute()) spec.sources.emplace_back(spec.passes.apply);
  if (const YamlNode* strategies = map.find("strategies")) {
    KILLIFY_TRY(spec.strategies, read_strategies(*strategies, spec));
  }
  KILLIFY_CHECK(read_on_fatal_signal(document, map, spec));
  KILLIFY_TRY(spec.grouping,
              map.at("grouping")
                  .word<Grouping>("a grouping", {{"driver", Grouping::kDriver},
                                                 {"file", Grouping::kFile},
                                                 {"maintainers", Grouping::kMaintainers}}));
  KILLIFY_CHECK(read_commit(map.at("commit"), spec));
  KILLIFY_TRY(spec.cover, read_cover(map.at("cover"), file));
  KILLIFY_CHECK(read_verify(map.at("verify"), file, spec));
  return spec;
}

Result<fs::path> find_series(const std::string& name_or_path) {
  std::error_code ignored;
  if (name_or_path.find('/') != name_or_path.npos || name_or_path.ends_with(".yaml")) {
    if (fs::is_regular_file(name_or_path, ignored)) return fs::absolute(name_or_path);
    const fs::path inside = fs::path(name_or_path) / kCampaignFile;
    if (fs::is_regular_file(inside, ignored)) return fs::absolute(inside);
    if (fs::is_directory(name_or_path, ignored))
      return fail("{}: has no {}", name_or_path, kCampaignFile);
    return fail("{}: no such campaign", name_or_path);
  }
  KILLIFY_TRY(const fs::path data, data_dir());
  const fs::path directory = data / "series";
  KILLIFY_TRY(const std::vector<std::string> names, campaign_names());
  if (std::ranges::find(names, name_or_path) != names.end()) {
    const fs::path inside = directory / name_or_path / kCampaignFile;
    return fs::is_regular_file(inside, ignored) ? inside : directory / (name_or_path + ".yaml");
  }
  const std::string near = did_you_mean(name_or_path, names);
  return fail("{}: no such campaign in {}{}; name one of these or give the path of a file: {}",
              name_or_path, directory.string(), near, join(names, ", "));
}

}  // namespace killify
