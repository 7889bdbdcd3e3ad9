#include "cli/run.h"

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/settings.h"
#include "spec/campaigns.h"
#include "support/exception.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/resources.h"
#include "support/startup.h"
#include "support/text.h"
#include "support/visible.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <thread>

namespace killify {
namespace {

const std::map<std::string, ColourMode> kColours = {
    {"auto", ColourMode::kAuto}, {"always", ColourMode::kAlways}, {"never", ColourMode::kNever}};
const std::map<std::string, ProgressMode> kProgress = {{"auto", ProgressMode::kAuto},
                                                       {"plain", ProgressMode::kPlain},
                                                       {"json", ProgressMode::kJson},
                                                       {"none", ProgressMode::kNone}};
const std::map<std::string, Format> kVerifyFormats = {
    {"text", Format::kText}, {"json", Format::kJson}, {"junit", Format::kJunit}};
const std::map<std::string, Format> kFormats = {{"text", Format::kText}, {"json", Format::kJson}};
const std::map<std::string, Format> kAuditFormats = {{"text", Format::kText},
                                                     {"json", Format::kJson},
                                                     {"sarif", Format::kSarif},
                                                     {"dot", Format::kDot}};
const std::map<std::string, Verdict> kVerdicts = {{"convert", Verdict::kConvert},
                                                  {"thread", Verdict::kThread},
                                                  {"review", Verdict::kReview},
                                                  {"suppressed", Verdict::kSuppressed},
                                                  {"safe", Verdict::kSafe}};
const std::map<std::string, std::string> kGroups = {
    {"driver", "driver"}, {"file", "file"}, {"maintainers", "maintainers"}};

template <typename T>
std::vector<std::string> words_of(const std::map<std::string, T>& choices) {
  std::vector<std::string> words;
  words.reserve(choices.size());
  for (const auto& [word, unused] : choices) words.push_back(word);
  return words;
}

// What a word given for the option `name` stands for.
template <typename T>
T chosen(const std::string& name, const std::string& word,
         const std::map<std::string, T>& choices) {
  auto it = choices.find(word);
  if (it != choices.end()) return it->second;
  auto words = words_of(choices);
  throw CLI::ValidationError(fmt::format("{}: '{}': use one of {}{}", name, word, join(words, ", "),
                                         did_you_mean(word, words)));
}

// The value of an option that takes one of a few words.
template <typename T>
CLI::Option* add_choice(CLI::App& app, const std::string& name, T& value,
                        const std::map<std::string, T>& choices, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&value, &choices, name](const std::string& word) {
            value = chosen(name, word, choices);
          },
          help)
      ->type_name(join(words_of(choices), "|"))
      ->trigger_on_parse();
}

// The same for several words with commas between them.
template <typename T>
CLI::Option* add_choices(CLI::App& app, const std::string& name, std::set<T>& values,
                         const std::map<std::string, T>& choices, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&values, &choices, name](const std::string& words) {
            for (std::size_t at = 0; at <= words.size();) {
              auto end = std::min(words.find(',', at), words.size());
              values.insert(chosen(name, words.substr(at, end - at), choices));
              at = end + 1;
            }
          },
          help)
      ->type_name(join(words_of(choices), "|"))
      ->trigger_on_parse();
}

constexpr std::size_t kHelpWidth = 80;

class FilledHelp : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    return with_filled_help(CLI::Formatter::make_help(app, std::move(name), mode),
                            get_column_width(), kHelpWidth);
  }
};

// On stderr, which may be closed or full: then the exit status says it alone.
int complain(const Error& error) {
  constexpr std::size_t kMostShown = 4096;  // a field of somebody's file may be as long as it likes
  const auto text = visible("killify: " + elide_middle(error.message, kMostShown)) + '\n';
  std::fputs(text.c_str(), stderr);
  return static_cast<int>(error.exit);
}

class CommandLine {
 public:
  CommandLine() {
    global_.jobs = std::max(1U, std::thread::hardware_concurrency());
    app_.name("killify");
    app_.description(
        "killify makes one rule hold across the whole Linux kernel: only fatal signals\n"
        "may interrupt a page fault. It finds the sleeps, converts them with Coccinelle,\n"
        "and writes a patch series of which every commit builds.");
    app_.formatter(std::make_shared<FilledHelp>());  // the commands inherit it
    app_.set_version_flag("-V,--version", "killify " + std::string(version()));
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.footer("A first tour is in README.md; `killify help COMMAND` tells about a command.");
    add_global_options();
    add_import();
    add_audit();
    add_explain();
    add_diff();
    add_plan();
    add_generate();
    add_verify();
    add_check();
    add_prove();
    add_report();
    add_doctor();
    add_config();
    add_completion();
    add_help();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
      return app_.exit(success);
    } catch (const CLI::ParseError& error) {
      return complain({explain(error), Exit::kUsage});
    }
    if (!settles_itself())
      if (auto applied = apply_settings(app_, global_.tree); !applied)
        return complain(applied.error());
    init_log(global_.verbose);
    auto exit = command_();
    if (!exit) return complain(exit.error());
    return static_cast<int>(*exit);
  }

 private:
  // Commands that work whatever is set.
  [[nodiscard]] bool settles_itself() const {
    return std::ranges::any_of(app_.get_subcommands(), [](const CLI::App* command) {
      const auto& name = command->get_name();
      return name == "config" || name == "help" || name == "completion";
    });
  }

  // CLI11's message, with a suggestion where a word or an option is not known.
  std::string explain(const CLI::ParseError& error) const {
    std::vector<std::string> names;
    const CLI::App* scope = &app_;
    for (const auto* command : app_.get_subcommands())
      if (command->parsed()) scope = command;
    for (const auto* app : {&app_, scope})
      for (const auto* option : app->get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    if (scope == &app_)
      for (const auto* command : app_.get_subcommands({})) names.push_back(command->get_name());
    bool unknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                   dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    if (unknown) {
      for (auto word : app_.remaining(true)) {  // a value of an option is not among them
        word.resize(std::min(word.size(), word.find('=')));
        bool option = word.starts_with("--");
        bool known = std::find(names.begin(), names.end(), word) != names.end();
        bool first_word = !option && !word.starts_with('-') && scope == &app_;
        if (!known && (option || first_word))
          return fmt::format("unknown {} '{}'{}; see killify --help", option ? "option" : "command",
                             word, did_you_mean(word, names));
      }
    }
    std::string text = error.what();
    return text + "; see killify" + (scope == &app_ ? "" : " " + scope->get_name()) + " --help";
  }

  void add_global_options() {
    app_.add_option("-C", global_.tree, "The kernel tree: a git repository (default: .)")
        ->type_name("TREE");
    app_.add_option("--cache", global_.cache,
                    "Where killify keeps what it learnt (default: ~/.cache/killify)")
        ->type_name("DIR");
    app_.add_option("-j,--jobs", global_.jobs,
                    "How much to do at once (default: the number of processors)")
        ->type_name("N")
        ->check(CLI::Range(1, 1024));
    add_choice(app_, "--color", global_.colour, kColours, "Colours (default: auto, on a terminal)");
    add_choice(app_, "--progress", global_.progress, kProgress,
               "What to show while working (default: auto)");
    app_.add_flag("--verbose", global_.verbose, "Show every program that is run");
  }

  void add_series_options(CLI::App& command,
                          const std::map<std::string, Format>& formats = kFormats) {
    command
        .add_option("--campaign,--series", tree_.series,
                    "The campaign: a name, its folder, or its YAML file")
        ->type_name("NAME|DIR|FILE")
        ->capture_default_str();
    add_choice(command, "--format", tree_.format, formats, "How to print the result");
  }

  void add_path_options(CLI::App& command) {
    command.add_option("--rev", tree_.revision, "The commit to work on")
        ->type_name("COMMIT")
        ->capture_default_str();
    command.add_option("PATH", tree_.paths,
                       "Drivers to look at: directories or files (default: all)");
  }

  void add_module_option(CLI::App& command) {
    auto* module =
        command
            .add_option("--module", tree_.modules,
                        "Look at this driver, which lives outside of the kernel, together with "
                        "it; PATH is then below the driver's repository")
            ->type_name("DIR")
            ->allow_extra_args(false);
    if (auto* patch = command.get_option_no_throw("--patch")) module->excludes(patch);
  }

  // A semantic patch of the user's in the place of the campaign.
  void add_patch_options(CLI::App& command) {
    PatchOptions& patch = tree_.patch;
    const std::string group = "A semantic patch instead of the campaign";
    auto* file = command
                     .add_option("--patch", patch.file,
                                 "Apply this semantic patch; its own options and virtual rules "
                                 "count, as with spatch")
                     ->type_name("FILE.cocci")
                     ->check(CLI::ExistingFile)
                     ->group(group);
    const auto add = [&](const std::string& name, auto& value, const std::string& help) {
      return command.add_option(name, value, help)->needs(file)->group(group);
    };
    add("-D", patch.defines, "A virtual rule, or a value for one (default: patch, or report)")
        ->type_name("NAME[=VALUE]")
        ->allow_extra_args(false);
    add("--macro-file", patch.macro_file, "Macros that spatch is to know")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    add("--spflags", patch.spatch_options, "More options for spatch, as coccicheck takes them")
        ->type_name("OPTIONS");
    command
        .add_flag("--include-headers", patch.include_headers, "Look at headers for themselves, too")
        ->needs(file)
        ->group(group);
  }

  // For the commands that plan commits.
  void add_tree_options(CLI::App& command) {
    add_series_options(command);
    add_patch_options(command);
    add_choice(command, "--group", tree_.group, kGroups,
               "What one commit covers (default: as the series says)");
    command
        .add_option("--strategy", tree_.strategy,
                    "thread: hand a task state through functions that faults share with others; "
                    "convert-only: change no signatures; or one of the campaign's own (scope)")
        ->type_name("NAME")
        ->capture_default_str();
    command
        .add_option("--patches", tree_.patches,
                    "At most so many patches under one cover letter, 0 for all of them; more are "
                    "divided by subsystem (default: as the series says)")
        ->type_name("N");
    add_path_options(command);
  }

  void add_import() {
    auto* command = app_.add_subcommand(
        "import", "Make a git repository of a source tarball or directory, with one base commit");
    command
        ->add_option(
            "SOURCE", import_.source,
            "A tarball (linux-source-6.1.tar.xz), a directory, or debian:VERSION: Debian's "
            "linux-source-VERSION, fetched with apt and not installed")
        ->required();
    command->add_option("DEST", import_.destination, "Where to make the repository; must not exist")
        ->required();
    command->callback([this] { command_ = [this] { return import_command(global_, import_); }; });
  }

  void add_audit() {
    auto* command = app_.add_subcommand(
        "audit", "List the interruptible sleeps that page faults reach, and what each needs");
    add_series_options(*command, kAuditFormats);
    add_patch_options(*command);
    add_path_options(*command);
    add_module_option(*command);
    add_choices(*command, "--fail-on", audit_.fail_on, kVerdicts,
                "Exit with 1 where a finding with one of these verdicts (separated by commas) "
                "remains");
    command
        ->add_option("--handler", audit_.handler,
                     "Look at this fault handler only (--format=dot draws it)")
        ->type_name("NAME");
    add_choices(*command, "--verdict", audit_.verdicts, kVerdicts,
                "Show findings with one of these verdicts (separated by commas) only");
    command->add_flag("--all", audit_.all,
                      "In text: every finding, not only the first to look at; safe and suppressed "
                      "findings and every registration, too");
    command
        ->add_option("--waivers", audit_.waivers,
                     "Findings that somebody accepted, with the reason (default: waivers.yaml "
                     "beside the series' file)")
        ->type_name("FILE");
    command
        ->add_option("--since", audit_.since,
                     "Say what is new and what is gone since that commit, or since the audit in "
                     "that file")
        ->type_name("COMMIT|AUDIT.json");
    command->add_flag("--planned", audit_.planned,
                      "Make the plan, too, and say what it does with each finding");
    command->add_option("-o,--output", audit_.output, "Write to this file (default: stdout)")
        ->type_name("FILE");
    command->footer(
        "Verdicts: convert (only fault handlers come here), thread (shared with other callers),\n"
        "review (a person must look), suppressed (signals are blocked around it), safe (never\n"
        "interruptible on this way). `killify explain` tells about one finding.");
    command->callback(
        [this] { command_ = [this] { return audit_command(global_, tree_, audit_); }; });
  }

  void add_explain() {
    auto* command = app_.add_subcommand(
        "explain", "Show each way through a function to a sleep, with its source, and why");
    add_series_options(*command);
    command
        ->add_option("FUNCTION|FINDING", question_,
                     "A handler, a function on the way, a primitive, or the id of a finding")
        ->required();
    add_path_options(*command);
    add_module_option(*command);
    command->add_flag("--no-plan", no_plan_, "Make no plan, and say nothing of it");
    command->callback([this] {
      command_ = [this] { return explain_command(global_, tree_, question_, !no_plan_); };
    });
  }

  void add_diff() {
    auto* command = app_.add_subcommand(
        "diff", "Print what generate would change, as a unified diff; touches nothing");
    add_tree_options(*command);
    add_module_option(*command);
    command->add_flag("--stat", diff_.stat, "The files and how much of them changes");
    command->add_flag("--exit-code", diff_.exit_code, "Exit with 1 where there is a difference");
    command->add_flag("--no-pager", diff_.no_pager, "Do not start a pager on a terminal");
    command->callback(
        [this] { command_ = [this] { return diff_command(global_, tree_, diff_); }; });
  }

  void add_plan() {
    auto* command = app_.add_subcommand(
        "plan", "Print what is converted in which commit, and what is left alone and why");
    add_tree_options(*command);
    add_module_option(*command);
    command->add_flag("--compare", plan_.compare,
                      "The campaign's strategies side by side: what each changes and covers");
    command->callback(
        [this] { command_ = [this] { return plan_command(global_, tree_, plan_); }; });
  }

  void add_generate() {
    auto* command = app_.add_subcommand(
        "generate", "Commit the conversions on a branch of their own and write them as mails");
    add_tree_options(*command);
    add_module_option(*command);
    command
        ->add_option("-o,--output", generate_.output,
                     "Directory for the patches, the cover letter and manifest.json")
        ->type_name("DIR")
        ->required();
    command->add_option("--branch", generate_.branch, "The branch (default: killify/SERIES/vN)")
        ->type_name("NAME");
    command
        ->add_option("-v,--reroll-count", generate_.reroll,
                     "The version of the series: 2 writes [PATCH v2 ...]")
        ->type_name("N")
        ->check(CLI::Range(1, 1000));
    command
        ->add_option("--changelog", generate_.changelog,
                     "What changed since the version before, for the cover letter")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--proof", generate_.proof,
                     "What prove --series --format=json printed of this series, for the cover "
                     "letter")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--verified", generate_.verified,
                     "What verify --format=json printed of this series, for the cover letter")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--subject", tree_.patch.subject,
                     "With --patch: what the commits do, without a prefix (default: the first "
                     "/// lines of the semantic patch)")
        ->type_name("TEXT");
    command
        ->add_option("--message", tree_.patch.template_file,
                     "With --patch: a template for the commit messages, as docs/messages.md says")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command->callback(
        [this] { command_ = [this] { return generate_command(global_, tree_, generate_); }; });
  }

  void add_verify() {
    auto* command = app_.add_subcommand(
        "verify",
        "Prove each commit: what it changes is compiled, warns of nothing new, and can be sent");
    add_series_options(*command, kVerifyFormats);
    command
        ->add_option("RANGE|DIR", verify_.what, "BASE..TIP, or the directory that generate wrote")
        ->required();
    command
        ->add_option("--config", verify_.configurations,
                     "Configurations to build, or auto (default: as the series says)")
        ->type_name("NAME")
        ->delimiter(',')
        ->allow_extra_args(false);
    command
        ->add_option("--module", tree_.modules,
                     "The commits are of this driver, which lives outside of the kernel: it is "
                     "built with make M=, against the kernel at --rev")
        ->type_name("DIR")
        ->expected(1)
        ->allow_extra_args(false);
    command->add_option("--rev", tree_.revision, "With --module: the kernel's commit")
        ->type_name("COMMIT")
        ->needs("--module")
        ->capture_default_str();
    command->add_option("--commit", verify_.commit, "Only the Nth commit of the range")
        ->type_name("N")
        ->check(CLI::Range(1, 100000));
    auto* first = command->add_flag("--first-failure", verify_.first_failure,
                                    "Stop after the first commit that fails");
    command->add_flag("--keep-going")
        ->description("Judge all commits (the default)")
        ->excludes(first);
    command->add_flag("--builds-only", verify_.builds_only,
                      "Leave out checkpatch.pl, get_maintainer.pl, the message and the mail");
    command->add_flag(
        "--callers", verify_.callers,
        "Where functions get a new name, compare the object code of unchanged callers "
        "before and after, too (compiles each of them twice)");
    command->add_option("--deadline", verify_.deadline_minutes, "Minutes that one make may take")
        ->type_name("MINUTES")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000));
    command->callback(
        [this] { command_ = [this] { return verify_command(global_, tree_, verify_); }; });
  }

  void add_check() {
    auto* command = app_.add_subcommand(
        "check",
        "Look at patches as their sender and their reader would: they apply, arrive, and "
        "say what is so");
    add_series_options(*command);
    command
        ->add_option("DIR", check_.directory,
                     "The directory that generate or git format-patch wrote, edited or not")
        ->type_name("DIR")
        ->required()
        ->check(CLI::ExistingDirectory);
    command
        ->add_option("--rev", check_.revision,
                     "What they apply to (default: base-commit of the mails)")
        ->type_name("COMMIT");
    command->footer(
        "The patches are taken by git am in a repository of killify's own. Asked are: mails and\n"
        "their numbers, the round trip, messages and what they state against the diff, tags and\n"
        ".mailmap, and the tree's checkpatch.pl --strict, get_maintainer.pl and kernel-doc.\n"
        "Exit status: 0 clean, 1 something is wrong, 3 it could not be judged.");
    command->callback(
        [this] { command_ = [this] { return check_command(global_, tree_, check_); }; });
  }

  void add_prove() {
    auto* command = app_.add_subcommand(
        "prove", "Boot kernels before and after in QEMU, and count how often a fault handler runs");
    auto* stock =
        command
            ->add_option_function<std::string>(
                "--stock", [this](const std::string& version) { prove_.stock = version; },
                "Debian's kernel (of this machine's suite, or the newest of VERSION) and handlers "
                "of killify's own: no kernel is built")
            ->type_name("[VERSION]")
            ->expected(0, 1);
    command
        ->add_option("--series", prove_.series,
                     "The kernel at the base and at the tip of a series: what generate wrote, a "
                     "branch, or BASE..TIP")
        ->type_name("DIR|BRANCH|RANGE")
        ->excludes(stock);
    command->add_flag("--locking", prove_.locking,
                      "With CONFIG_PROVE_LOCKING in the kernels of --series");
    command
        ->add_option("--accel", prove_.accelerator, "What runs the machine: tcg works everywhere")
        ->type_name("tcg|kvm")
        ->capture_default_str()
        ->check(CLI::IsMember({"tcg", "kvm"}));
    command->add_option("--deadline", prove_.deadline_minutes, "Minutes that one machine may take")
        ->type_name("MINUTES")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000));
    add_choice(*command, "--format", prove_.format, kFormats, "How to print the result");
    command->callback([this] { command_ = [this] { return prove_command(global_, prove_); }; });
  }

  void add_report() {
    auto* command = app_.add_subcommand(
        "report", "Tell of a series: its commits, and how they were verified and proven");
    command->add_option("DIR", report_.directory, "The directory that generate wrote")
        ->type_name("DIR")
        ->required()
        ->check(CLI::ExistingDirectory);
    for (auto [name, file] :
         {std::pair("--verify", &report_.verify), std::pair("--proof", &report_.proof)})
      command->add_option(name, *file, "What this command printed with --format=json")
          ->type_name("FILE")
          ->check(CLI::ExistingFile);
    command->add_option("--html", report_.html, "Write a page instead of text on stdout")
        ->type_name("FILE");
    command->callback([this] { command_ = [this] { return report_command(global_, report_); }; });
  }

  void add_doctor() {
    auto* command = app_.add_subcommand("doctor", "Say which tools are there, and what to install");
    add_choice(*command, "--format", tree_.format, kFormats, "How to print the result");
    command->callback(
        [this] { command_ = [this] { return doctor_command(global_, tree_.format); }; });
  }

  void add_config() {
    auto* command = app_.add_subcommand(
        "config", "Show what is set for options, and where: git config, or the environment");
    add_choice(*command, "--format", tree_.format, kFormats, "How to print the result");
    command->footer(
        "git config [--global] killify.jobs 8, or KILLIFY_JOBS=8; an option stands above both,\n"
        "and the environment above git config.");
    command->callback([this] {
      command_ = [this]() -> Result<Exit> {
        KILLIFY_TRY(const auto settings, all_settings(app_, global_.tree));
        KILLIFY_CHECK(print_as(tree_.format, tree_.format == Format::kJson
                                                 ? settings_json(settings)
                                                 : settings_text(settings)));
        return Exit::kOk;
      };
    });
  }

  void add_completion() {
    auto* command = app_.add_subcommand(
        "completion", "Print what completes commands, options and their values in a shell");
    command->add_option("SHELL", shell_, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->footer("source <(killify completion bash)");
    command->callback([this] {
      command_ = [this]() -> Result<Exit> {
        KILLIFY_TRY(const auto campaigns, campaign_names());
        const auto make = shell_ == "bash"  ? bash_completion
                          : shell_ == "zsh" ? zsh_completion
                                            : fish_completion;
        KILLIFY_CHECK(print(make(app_, campaigns)));
        return Exit::kOk;
      };
    });
  }

  void add_help() {
    auto* command = app_.add_subcommand("help", "Tell about a command");
    command->add_option("COMMAND", help_on_, "A command (default: all of them)");
    command->callback([this] {
      command_ = [this]() -> Result<Exit> {
        std::vector<std::string> names;
        for (const auto* one : app_.get_subcommands({})) {
          if (one->get_name() == help_on_) {
            KILLIFY_CHECK(print(one->help(app_.get_name())));
            return Exit::kOk;
          }
          names.push_back(one->get_name());
        }
        if (!help_on_.empty())
          return fail("unknown command '{}'{}; see killify help", help_on_,
                      did_you_mean(help_on_, names));
        // App::help() would speak of the command that was given: of this one.
        KILLIFY_CHECK(print(
            app_.get_formatter()->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal)));
        return Exit::kOk;
      };
    });
  }

  CLI::App app_;
  GlobalOptions global_;
  TreeOptions tree_;
  ImportOptions import_;
  AuditOptions audit_;
  std::string question_;  // to explain
  std::string shell_;     // to complete in
  std::string help_on_;   // a command; empty: all
  bool no_plan_ = false;
  PlanOptions plan_;
  DiffOptions diff_;
  GenerateOptions generate_;
  VerifyOptions verify_;
  ProveOptions prove_;
  ReportOptions report_;
  CheckOptions check_;
  std::function<Result<Exit>()> command_;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  open_standard_streams();
  install_interrupt_handlers();
  return on_enough_stack([&] {
    try {
      CommandLine line;
      return line.run(argc, argv);
    } catch (const std::exception& error) {  // of a library; what is ours returns its errors
      return complain(error_of(error));
    }
  });
}

}  // namespace killify
