#include "verify/choose.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"
#include "verify/condition.h"
#include "verify/kbuild.h"
#include "verify/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;
using Symbols = std::set<std::string>;

constexpr std::array<std::string_view, 7> kArchitectures{"x86_64",    "arm64", "arm", "powerpc",
                                                         "powerpcle", "riscv", "s390"};
// More symbols than this hardly belong to one driver.
constexpr std::size_t kSymbolsToSet = 24;

// A configuration's name is that of its directories and logs, too.
constexpr std::size_t kNameLength = 200;
// Configurations that are tried for one #if.
constexpr int kAttempts = 6;

// The directory of arch/ of make's ARCH.
std::string arch_directory(const std::string& arch) {
  return arch == "x86_64" ? "x86" : arch;
}

class Chooser {
 public:
  Chooser(const Availability& availability, const EnabledIn& enabled_in)
      : availability_(availability), enabled_in_(enabled_in) {}

  [[nodiscard]] Result<Choice> choose(const std::vector<CommitChange>& changes) {
    std::map<std::string, std::string> open;  // object -> why not, so far
    for (const CommitChange& change : changes)
      for (const ChangedCode& code : change.code)
        if (code.path.ends_with(".c")) open.emplace(object_of(code.path), "");
    KILLIFY_CHECK(cover_by_architectures(open));
    KILLIFY_CHECK(cover_by_symbols(open));
    const auto is_header = [](const ChangedCode& code) { return code.path.ends_with(".h"); };
    if (chosen_.empty() && !plain_.empty() &&
        (open.empty() || std::ranges::any_of(changes, [&](const CommitChange& change) {
           return std::ranges::any_of(change.code, is_header);
         })))
      take(plain_.front(), "for headers");
    for (const auto& [object, why] : open)
      choice_.reasons.push_back(fmt::format("not buildable here: {}: {}", object, why));
    for (const CommitChange& change : changes)
      for (const ChangedCode& code : change.code)
        if (!open.contains(object_of(code.path))) KILLIFY_CHECK(cover_ifs(code));
    return std::move(choice_);
  }

 private:
  // A configuration, and which symbols are on in it.
  struct Known {
    Configuration configuration;
    Symbols enabled;
  };

  static std::string object_of(const std::string& source) {
    return source.substr(0, source.rfind('.')) + ".o";
  }

  [[nodiscard]] Result<std::set<std::string>> built_by(
      const std::map<std::string, std::string>& open, const Symbols& enabled) const {
    std::set<std::string> built;
    for (const auto& [object, why] : open) {
      KILLIFY_TRY(const Gates missing, availability_.missing(object, enabled));
      if (missing.empty()) built.insert(object);
    }
    return built;
  }

  // Headers are taken to be read everywhere; verify sees whether they are.
  [[nodiscard]] Result<bool> reads(const Known& known, const ChangedCode& code) const {
    if (!code.path.ends_with(".c")) return true;
    KILLIFY_TRY(const Gates missing, availability_.missing(object_of(code.path), known.enabled));
    return missing.empty();
  }

  void take(Known known, const std::string& why) {
    std::string reason = fmt::format("{}: {}", known.configuration.name, why);
    if (const auto& forced = known.configuration.forced; !forced.empty())
      reason +=
          fmt::format("; {} {} forced on from outside: no architecture of this tree selects {}",
                      list_in_words(forced), forced.size() == 1 ? "is" : "are",
                      forced.size() == 1 ? "it" : "them");
    choice_.reasons.push_back(std::move(reason));
    choice_.configurations.push_back(known.configuration);
    chosen_.push_back(std::move(known));
  }

  // Nothing where the name cannot be one, or the compiler is not there.
  [[nodiscard]] Result<std::optional<Known>> ask(const std::string& name) const {
    if (name.size() > kNameLength) return std::nullopt;
    KILLIFY_TRY(Configuration configuration, find_configuration(name));
    KILLIFY_TRY(auto enabled, enabled_in_(configuration));
    if (!enabled) return std::nullopt;
    return Known{std::move(configuration), std::move(*enabled)};
  }

  // The allmodconfig of the next architecture whose compiler is there; false after the last.
  [[nodiscard]] Result<bool> ask_next() {
    while (asked_ < kArchitectures.size()) {
      const std::string name = fmt::format("{}-allmod", kArchitectures.at(asked_++));
      KILLIFY_TRY(auto known, ask(name));
      if (known) {
        plain_.push_back(std::move(*known));
        return true;
      }
      KILLIFY_TRY(const Configuration configuration, find_configuration(name));
      missing_compilers_[arch_directory(configuration.arch)] = configuration.cross + "gcc";
    }
    return false;
  }

  // The host's own is asked first.
  [[nodiscard]] Status cover_by_architectures(std::map<std::string, std::string>& open) {
    const std::map<std::string, std::string> wanted = open;
    std::vector<std::set<std::string>> built;  // beside plain_
    while (plain_.empty() || !open.empty()) {
      KILLIFY_TRY(const bool more, ask_next());
      if (!more) break;
      KILLIFY_TRY(auto here, built_by(wanted, plain_.back().enabled));
      for (const std::string& object : here) open.erase(object);
      built.push_back(std::move(here));
    }
    for (const std::size_t one : fewest(built, wanted.size() - open.size()))
      take(plain_[one], "builds " + counted(built[one].size(), "changed file"));
    return {};
  }

  // The fewest sets that hold `all` elements together; of those the first ones.
  static std::vector<std::size_t> fewest(const std::vector<std::set<std::string>>& sets,
                                         std::size_t all) {
    std::vector<std::size_t> best;
    if (all == 0) return best;
    // There are seven architectures.
    for (std::size_t choice = 1; choice < (std::size_t{1} << sets.size()); ++choice) {
      std::vector<std::size_t> members;
      std::set<std::string> held;
      for (std::size_t i = 0; i < sets.size(); ++i) {
        if ((choice >> i & 1U) == 0) continue;
        members.push_back(i);
        held.insert(sets[i].begin(), sets[i].end());
      }
      const bool better = best.empty() || members.size() < best.size() ||
                          (members.size() == best.size() && members < best);
      if (held.size() == all && better) best = std::move(members);
    }
    return best;
  }

  // Those of the architecture where one of the symbols is at home; without such a one, all.
  [[nodiscard]] std::vector<const Known*> bases_for(const Gates& missing) const {
    std::vector<const Known*> bases;
    for (const Known& known : plain_) {
      const bool elsewhere = std::ranges::any_of(missing, [&](const std::string& symbol) {
        const std::string home = availability_.kconfig().only_in_arch(symbol);
        return !home.empty() && home != arch_directory(known.configuration.arch);
      });
      if (!elsewhere) bases.push_back(&known);
    }
    return bases;
  }

  // The name of `base` with what switches the symbol on or off behind it; the same name where
  // nothing is known that would do it.
  [[nodiscard]] std::string switched(std::string name, const Side& side, const Known& base) const {
    const Kconfig& kconfig = availability_.kconfig();
    const auto add = [&](const std::string& part) {
      // Whole: "+DRM" is not there because "+DRM_I915" is.
      const auto at = (name + '+').find(part + '+');
      if (at == name.npos && (name + '-').find(part + '-') == name.npos) name += part;
    };
    const auto symbols = side.on ? kconfig.to_enable(side.symbol) : kconfig.to_disable(side.symbol);
    if (symbols.size() > kSymbolsToSet) return name;
    if (side.on)
      for (const std::string& one : kconfig.unselected(side.symbol))
        if (!base.enabled.contains(one)) add("++" + one);
    if (side.on)
      for (const std::string& other : kconfig.in_the_way(side.symbol))
        if (base.enabled.contains(other))
          for (const std::string& one : kconfig.to_disable(other))
            if (base.enabled.contains(one)) add("-" + one);
    for (const std::string& one : symbols) {
      // What is a module may have to become built in.
      const bool module = side.on && one == side.symbol && base.enabled.contains(one + "_MODULE");
      if (base.enabled.contains(one) != side.on || module) add((side.on ? "+" : "-") + one);
    }
    return name;
  }

  [[nodiscard]] Status cover_by_symbols(std::map<std::string, std::string>& open) {
    std::vector<std::string> left;
    left.reserve(open.size());
    for (const auto& [object, why] : open) left.push_back(object);
    for (const std::string& object : left) {
      if (!open.contains(object) || plain_.empty()) continue;
      KILLIFY_TRY(const Gates missing, availability_.missing(object, plain_.front().enabled));
      open[object] = explained(missing, plain_.front());
      for (const Known* base : bases_for(missing)) {
        KILLIFY_TRY(const Gates off, availability_.missing(object, base->enabled));
        open[object] = explained(off, *base);
        std::string name = base->configuration.name;
        for (const std::string& gate : off) name = switched(std::move(name), {gate}, *base);
        if (name == base->configuration.name) continue;
        KILLIFY_TRY(auto known, ask(name));
        if (!known) continue;
        KILLIFY_TRY(const auto built, built_by(open, known->enabled));
        if (!built.contains(object)) continue;
        take(std::move(*known), "builds " + counted(built.size(), "changed file") +
                                    " that plain allmodconfig leaves out");
        for (const std::string& one : built) open.erase(one);
        break;
      }
    }
    return {};
  }

  [[nodiscard]] std::string explained(const Gates& missing, const Known& base) const {
    std::string text = availability_.explain(missing, base.enabled);
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

  [[nodiscard]] Result<bool> lets_through(const Known& known, const ChangedCode& code,
                                          const std::vector<Sides>& ways) const {
    KILLIFY_TRY(const bool read, reads(known, code));
    return read &&
           std::ranges::any_of(ways, [&](const Sides& way) { return holds(way, known.enabled); });
  }

  [[nodiscard]] Status cover_ifs(const ChangedCode& code) {
    const std::string reader = code.path.ends_with(".c") ? code.path : "";
    for (const int line : code.lines) {
      const auto ways = ways_to_line(code.shape, line);
      if (!tried_.emplace(reader, ways).second) continue;
      bool covered = false;
      for (const Known& known : chosen_) {
        if (covered) break;
        KILLIFY_TRY(covered, lets_through(known, code, ways));
      }
      if (!covered) KILLIFY_CHECK(add_for(code, fmt::format("{}:{}", code.path, line), ways));
    }
    return {};
  }

  // One more configuration, made of one that reads the file.
  [[nodiscard]] Status add_for(const ChangedCode& code, const std::string& place,
                               const std::vector<Sides>& ways) {
    std::vector<std::string> names;
    const std::vector<Known> bases = chosen_;
    for (const Known& base : bases) {
      KILLIFY_TRY(const bool read, reads(base, code));
      if (!read) continue;
      for (const Sides& way : ways) {
        std::string name = base.configuration.name;
        for (const Side& side : way)
          if (!holds({side}, base.enabled)) name = switched(std::move(name), side, base);
        if (name == base.configuration.name || names.size() == kAttempts) continue;
        names.push_back(name);
        KILLIFY_TRY(auto known, ask(name));
        if (!known) continue;
        KILLIFY_TRY(const bool through, lets_through(*known, code, {way}));
        if (!through) continue;
        take(std::move(*known), "for the #if around " + place);
        return {};
      }
    }
    choice_.reasons.push_back(
        fmt::format("no configuration lets {} through{}", place,
                    names.empty() ? "" : ": " + list_in_words(names) + " do not"));
    return {};
  }

  const Availability& availability_;
  const EnabledIn& enabled_in_;
  Choice choice_;
  std::vector<Known> chosen_;
  std::vector<Known> plain_;                              // the allmodconfigs that were asked for
  std::size_t asked_ = 0;                                 // of kArchitectures
  std::map<std::string, std::string> missing_compilers_;  // by directory of arch/
  std::set<std::pair<std::string, std::vector<Sides>>> tried_;  // by reader
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
  // The work tree of the configuration that is most likely built in next.
  const std::string likely = fmt::format("{}-allmod", kArchitectures.front());
  std::optional<FileLock> lock;
  std::optional<FileLock> tree_lock;
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
      KILLIFY_TRY(tree_lock, FileLock::wait(state_directory(cache, workshop, likely) / "lock"));
      KILLIFY_TRY(tree, workshop.check_out(work_tree_of(likely), commits.back().oid));
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
