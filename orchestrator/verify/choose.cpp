#include "verify/choose.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"
#include "verify/kbuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;
using Symbols = std::set<std::string>;

constexpr std::array<std::string_view, 7> kArchitectures{"x86_64",    "arm64", "arm", "powerpc",
                                                         "powerpcle", "riscv", "s390"};
// More symbols than this hardly belong to one driver.
constexpr std::size_t kSymbolsToSet = 24;

// A symbol, and whether it must be on.
using Side = std::pair<std::string, bool>;

// "#ifdef CONFIG_X", "#if !IS_ENABLED(CONFIG_X)", "#else of #ifdef CONFIG_X (line 3)"; nothing for
// a condition that says more than one symbol.
std::optional<Side> side_of(const std::string& condition) {
  static const std::regex kDefined(
      R"(^(#else of )?#\s*if(n?)(?:def\s+|\s+(!?)\s*(?:defined|IS_ENABLED)\s*\(\s*)CONFIG_(\w+)\)?\s*(?:\(line \d+\))?$)");
  std::smatch match;
  if (!std::regex_match(condition, match, kDefined)) return std::nullopt;
  bool on = match[1].length() == 0;
  if (match[2].length() != 0) on = !on;
  if (match[3].length() != 0) on = !on;
  return Side{match[4], on};
}

// What must be on and off for a line to come through.
std::set<Side> sides_of(const SourceShape& shape, int line) {
  std::set<Side> sides;
  for (std::size_t group = shape.line(line).group; group != 0; group = shape.groups[group].parent)
    if (const auto side = side_of(shape.groups[group].condition)) sides.insert(*side);
  return sides;
}

bool holds(const std::set<Side>& sides, const Symbols& enabled) {
  return std::ranges::all_of(
      sides, [&](const Side& side) { return enabled.contains(side.first) == side.second; });
}

class Chooser {
 public:
  Chooser(const Availability& availability, const EnabledIn& enabled_in)
      : availability_(availability), enabled_in_(enabled_in) {}

  [[nodiscard]] Result<Choice> choose(const std::vector<CommitChange>& changes) {
    std::map<std::string, std::string> open;  // object -> why not, so far
    for (const CommitChange& change : changes)
      for (const ChangedCode& code : change.code)
        if (code.path.ends_with(".c"))
          open.emplace(code.path.substr(0, code.path.size() - 2) + ".o", "");
    KILLIFY_CHECK(cover_by_architectures(open));
    KILLIFY_CHECK(cover_by_symbols(open));
    for (const auto& [object, why] : open)
      choice_.reasons.push_back(fmt::format("not buildable here: {}: {}", object, why));
    for (const CommitChange& change : changes)
      for (const ChangedCode& code : change.code) KILLIFY_CHECK(cover_sides(code));
    return std::move(choice_);
  }

 private:
  [[nodiscard]] Result<std::set<std::string>> built_by(
      const std::map<std::string, std::string>& open, const Symbols& enabled) const {
    std::set<std::string> built;
    for (const auto& [object, why] : open) {
      KILLIFY_TRY(const Gates missing, availability_.missing(object, enabled));
      if (missing.empty()) built.insert(object);
    }
    return built;
  }

  void take(Configuration configuration, Symbols enabled, const std::string& why) {
    choice_.reasons.push_back(fmt::format("{}: {}", configuration.name, why));
    chosen_.push_back(std::move(enabled));
    choice_.configurations.push_back(std::move(configuration));
  }

  // The host's own first: it is taken even for nothing but headers.
  [[nodiscard]] Status cover_by_architectures(std::map<std::string, std::string>& open) {
    for (const std::string_view arch : kArchitectures) {
      if (!choice_.configurations.empty() && open.empty()) return {};
      KILLIFY_TRY(Configuration configuration, find_configuration(fmt::format("{}-allmod", arch)));
      KILLIFY_TRY(auto enabled, enabled_in_(configuration));
      if (!enabled) {
        missing_compilers_[configuration.arch] = configuration.cross + "gcc";
        continue;
      }
      if (first_.empty()) {
        first_ = configuration.name;
        first_enabled_ = *enabled;
      }
      KILLIFY_TRY(const auto built, built_by(open, *enabled));
      if (built.empty() && !open.empty()) continue;
      for (const std::string& object : built) open.erase(object);
      take(std::move(configuration), std::move(*enabled),
           built.empty() ? "for headers" : "builds " + counted(built.size(), "changed file"));
    }
    return {};
  }

  [[nodiscard]] Status cover_by_symbols(std::map<std::string, std::string>& open) {
    while (!open.empty() && !first_.empty()) {
      bool progress = false;
      for (auto& [object, why] : open) {
        KILLIFY_TRY(const Gates missing, availability_.missing(object, first_enabled_));
        why = explained(missing);
        std::set<std::string> symbols;
        for (const std::string& gate : missing)
          for (std::string& symbol : availability_.kconfig().to_enable(gate))
            if (!first_enabled_.contains(symbol)) symbols.insert(std::move(symbol));
        if (symbols.empty() || symbols.size() > kSymbolsToSet) continue;
        std::string name = first_;
        for (const std::string& symbol : symbols) name += "+" + symbol;
        KILLIFY_TRY(Configuration configuration, find_configuration(name));
        KILLIFY_TRY(auto enabled, enabled_in_(configuration));
        if (!enabled) continue;
        KILLIFY_TRY(const auto built, built_by(open, *enabled));
        if (!built.contains(object)) continue;
        take(std::move(configuration), std::move(*enabled),
             "builds " + counted(built.size(), "changed file") +
                 " that plain allmodconfig leaves out");
        for (const std::string& one : built) open.erase(one);
        progress = true;
        break;  // `object` is gone
      }
      if (!progress) return {};
    }
    return {};
  }

  [[nodiscard]] std::string explained(const Gates& missing) const {
    std::string text = availability_.explain(missing, first_enabled_);
    for (const std::string& symbol : missing) {
      const auto compiler = missing_compilers_.find(availability_.kconfig().only_in_arch(symbol));
      if (compiler != missing_compilers_.end())
        return text + fmt::format("; {} is not installed", compiler->second);
    }
    // The architecture may stand in what the symbol depends on.
    if (!missing_compilers_.empty()) {
      std::vector<std::string> compilers;
      for (const auto& [arch, compiler] : missing_compilers_) compilers.push_back(compiler);
      text += fmt::format("; not installed: {}", list_in_words(compilers));
    }
    return text;
  }

  [[nodiscard]] Status cover_sides(const ChangedCode& code) {
    if (chosen_.empty()) return {};
    for (const int line : code.lines) {
      const std::set<Side> sides = sides_of(code.shape, line);
      if (sides.empty() || !tried_.insert(sides).second) continue;
      if (std::ranges::any_of(chosen_, [&](const auto& on) { return holds(sides, on); })) continue;
      const Configuration& base = choice_.configurations.front();
      const Symbols& on = chosen_.front();
      std::string name = base.name;
      for (const auto& [symbol, wanted] : sides) {
        if (on.contains(symbol) == wanted) continue;
        const auto symbols = wanted ? availability_.kconfig().to_enable(symbol)
                                    : availability_.kconfig().to_disable(symbol);
        for (const std::string& one : symbols)
          if (on.contains(one) != wanted) name += (wanted ? "+" : "-") + one;
      }
      const std::string place = fmt::format("{}:{}", code.path, line);
      if (name == base.name) {
        choice_.reasons.push_back(fmt::format("no configuration lets {} through", place));
        continue;
      }
      KILLIFY_TRY(Configuration configuration, find_configuration(name));
      KILLIFY_TRY(auto enabled, enabled_in_(configuration));
      if (enabled && holds(sides, *enabled))
        take(std::move(configuration), std::move(*enabled), "for the #if around " + place);
      else
        choice_.reasons.push_back(
            fmt::format("no configuration lets {} through: {} does not", place, name));
    }
    return {};
  }

  const Availability& availability_;
  const EnabledIn& enabled_in_;
  Choice choice_;
  std::vector<Symbols> chosen_;  // beside choice_.configurations
  std::string first_;            // the first whose compiler is there
  Symbols first_enabled_;
  std::map<std::string, std::string> missing_compilers_;  // by architecture
  std::set<std::set<Side>> tried_;
};

}  // namespace

Result<Choice> choose_configurations(const std::vector<CommitChange>& changes,
                                     const Availability& availability,
                                     const EnabledIn& enabled_in) {
  return Chooser(availability, enabled_in).choose(changes);
}

Result<Choice> choose_configurations(const std::vector<CommitInfo>& commits, Workshop& workshop,
                                     const fs::path& cache, Progress& progress) {
  const Repository& repository = workshop.repository();
  std::vector<CommitChange> changes;
  for (const CommitInfo& commit : commits) {
    KILLIFY_TRY(CommitChange change, read_change(repository, commit));
    changes.push_back(std::move(change));
  }
  KILLIFY_TRY(const Snapshot snapshot, repository.snapshot(commits.back().oid));
  KILLIFY_TRY(const Availability availability, Availability::open(repository, snapshot));
  const std::string digest = kconfig_digest(snapshot);
  const fs::path state = cache / "verify" / "configurations";
  std::optional<FileLock> lock;
  fs::path tree;
  progress.begin("Choosing configurations", 0);
  std::size_t done = 0;
  const EnabledIn enabled_in =
      [&](const Configuration& configuration) -> Result<std::optional<Symbols>> {
    auto compiler = find_compiler(configuration);
    if (!compiler) {
      if (compiler.error().exit == Exit::kInterrupted)
        return tl::unexpected<Error>(compiler.error());
      return std::nullopt;
    }
    progress.advance(done++, configuration.name);
    const std::string key =
        sha256(digest + '\n' + configuration.name + '\n' + configuration.fragment + '\n' +
               compiler->program + '\n' + compiler->version);
    const fs::path file = state / (key + ".config");
    if (const auto known = read_file(file)) return enabled_symbols(*known);
    if (!lock) {
      KILLIFY_TRY(lock, FileLock::wait(state / "lock"));
      KILLIFY_TRY(tree, workshop.check_out("verify-choose", commits.back().oid));
    }
    const Kbuild kbuild(configuration, *compiler, {tree, state, 1, std::chrono::minutes(10)});
    KILLIFY_TRY(const Outcome outcome, kbuild.configure(state / "log"));
    if (outcome.status != Outcome::Status::kBuilt)
      return fail("{}: cannot be configured: {}{}; see {}", configuration.name, outcome.reason,
                  outcome.error.text, (state / "log").string());
    KILLIFY_CHECK(write_file_atomic(file, kbuild.config()));
    return enabled_symbols(kbuild.config());
  };
  std::error_code error;
  fs::create_directories(state, error);
  if (error) return fail("{}: cannot make: {}", state.string(), error.message());
  KILLIFY_TRY(Choice choice, choose_configurations(changes, availability, enabled_in));
  progress.end(counted(choice.configurations.size(), "configuration"));
  return choice;
}

}  // namespace killify
