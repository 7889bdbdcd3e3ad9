#include "series/twin_maker.h"

#include "facts/told_macros.h"
#include "facts/top_level.h"
#include "reach/sleeps.h"
#include "series/alignment.h"
#include "series/twin_comment.h"
#include "support/text.h"

#include <algorithm>

namespace killify {
namespace {

using Lines = std::vector<std::string>;

Lines slice(const Lines& lines, int first, int last) {
  return {lines.begin() + first - 1, lines.begin() + last};
}

std::string text_of(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

// Code with `new_word(word, next)` in place of each word; `next` is the token behind it.
template <typename NewWord>
std::string with_words(const std::string& code, const NewWord& new_word) {
  const auto tokens = tokens_of(code);
  std::string result;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_word(tokens[i]) || tokens[i].directive) continue;
    const auto next = i + 1 < tokens.size() ? tokens[i + 1].text : std::string_view();
    const std::string word(tokens[i].text);
    const std::string other = new_word(word, next);
    if (other == word) continue;
    const auto at = static_cast<std::size_t>(tokens[i].text.data() - code.data());
    result += code.substr(copied, at - copied) + other;
    copied = at + word.size();
  }
  return result + code.substr(copied);
}

// The texts of one file on the way: what Coccinelle is given, what has to come back, and what that
// is when it is aligned.
struct Stages {
  Lines given;
  Lines expected;
  Lines done;
};

class Maker {
 public:
  Maker(TreeFacts& facts, const Catalogue& catalogue, const Twin& twin)
      : facts_(facts), catalogue_(catalogue), twin_(twin), names_(twin.renames) {
    names_[twin.model] = twin.name;
  }

  Result<std::string> make(WorkTexts& texts) {
    if (twin_.guard) return make_guard(texts);
    Texts made;
    for (const auto& file : twin_.files) {
      KILLIFY_TRY(const auto text, texts.text(file));
      KILLIFY_TRY(made[file], made_of(file, text));
      if (!objection_.empty()) return objection_;
    }
    for (auto& [file, text] : made) KILLIFY_CHECK(texts.set(file, std::move(text)));
    return std::string();
  }

 private:
  // A class of guards is a line of text: what it has to do is read back from the tokens.
  Result<std::string> make_guard(WorkTexts& texts) {
    const auto& header = twin_.files.front();
    KILLIFY_TRY(const auto text, texts.text(header));
    GuardClasses there;
    add_guard_classes(tokens_of(text), there);
    if (there.contains(twin_.name)) return std::string();  // an earlier step has made it
    const auto definition = guard_definition(tokens_of(text), twin_.model);
    if (!definition) return fmt::format("{}: the class {} is not there", header, twin_.model);
    const auto base = twin_.model.substr(0, twin_.model.size() - definition->suffix.size());
    const auto& primitive = twin_.renames.begin()->first;
    const auto& killable = twin_.renames.begin()->second;
    auto lines = split_lines(text);
    const auto model = slice(lines, definition->first, definition->last);
    const auto copy =
        split_lines(with_words(text_of(model), [&](const std::string& word, std::string_view) {
          if (word == definition->suffix) return twin_.name.substr(base.size());
          return word == primitive ? killable : word;
        }));
    lines.insert(lines.begin() + definition->last, copy.begin(), copy.end());
    auto done = text_of(lines);
    GuardClasses classes;
    add_guard_classes(tokens_of(done), classes);
    const auto made = classes.find(twin_.name);
    if (made == classes.end() || guard_class_by(classes, twin_.model, killable) != twin_.name)
      return fmt::format("{}:{}: a copy of the class {} would not take the lock by {}()", header,
                         definition->first, twin_.model, killable);
    KILLIFY_CHECK(texts.set(header, std::move(done)));
    return std::string();
  }

  Result<std::string> made_of(const std::string& file, const std::string& text) {
    const auto sketch = Sketch::of(text);
    // An earlier step has made it: a static one can serve several.
    if (!twin_.replaces && !top_level_items(*sketch, twin_.name).empty()) return text;
    const auto lines = split_lines(text);
    Stages stages{lines, lines, lines};
    auto items = top_level_items(*sketch, twin_.model);
    std::size_t definitions = 0;
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      if (!item->apart)
        objection_ = fmt::format("{}:{}: {}() shares its lines with other code", file, item->first,
                                 twin_.model);
      if (!objection_.empty()) return std::string();
      definitions += item->definition ? 1 : 0;
      add(lines, *item, stages);
    }
    if (definitions == 0) return text_of(stages.done);
    KILLIFY_CHECK(agree(file, stages));
    if (!objection_.empty()) return std::string();
    auto done = text_of(stages.done);
    KILLIFY_CHECK(check(file, done, definitions));
    return done;
  }

  // The items are taken from the last to the first, so that the lines of those before hold.
  void add(const Lines& lines, const TopLevelItem& item, Stages& stages) {
    Lines comment;
    if (item.comment != 0) {
      auto rewritten = killable_comment(slice(lines, item.comment, item.first - 1), names_);
      comment = std::move(rewritten.lines);
      if (!rewritten.unknown.empty())
        objection_ = fmt::format("what the comment of {}() says of '{}' would not be true of {}()",
                                 twin_.model, rewritten.unknown, twin_.name);
    }
    const auto code = slice(lines, item.first, item.last);
    const auto given = named(code, item);
    const auto expected =
        split_lines(with_words(text_of(given), [&](const std::string& word, std::string_view next) {
          if (word == "TASK_INTERRUPTIBLE") return std::string("TASK_KILLABLE");
          auto renamed = twin_.renames.find(word);
          return next == "(" && renamed != twin_.renames.end() ? renamed->second : word;
        }));
    const auto end = item.exported != 0 ? item.exported : item.last;
    const auto export_line =
        item.exported == 0
            ? Lines()
            : split_lines(with_words(lines[static_cast<std::size_t>(item.exported - 1)],
                                     [&](const std::string& word, std::string_view) {
                                       return word == twin_.model ? twin_.name : word;
                                     }));
    const bool blank = !twin_.replaces && (item.definition || item.comment != 0);
    const auto first = twin_.replaces ? (item.comment != 0 ? item.comment : item.first) : end + 1;
    for (auto [stage, body] :
         {std::pair(&stages.given, given), std::pair(&stages.expected, expected),
          std::pair(&stages.done, realigned(code, expected, Align::kBehind))}) {
      if (twin_.replaces) stage->erase(stage->begin() + first - 1, stage->begin() + end);
      Lines copy;
      if (blank) copy.emplace_back();
      copy.insert(copy.end(), comment.begin(), comment.end());
      copy.insert(copy.end(), body.begin(), body.end());
      copy.insert(copy.end(), export_line.begin(), export_line.end());
      stage->insert(stage->begin() + first - 1, copy.begin(), copy.end());
    }
  }

  // The code under its new name. The kernel wants no "extern" in new prototypes.
  Lines named(const Lines& code, const TopLevelItem& item) const {
    auto lines =
        split_lines(with_words(text_of(code), [&](const std::string& word, std::string_view) {
          return word == twin_.model ? twin_.name : word;
        }));
    constexpr std::string_view kExtern = "extern ";
    if (!item.definition && !twin_.replaces && lines.front().starts_with(kExtern))
      lines.front().erase(0, kExtern.size());
    return lines;
  }

  // Coccinelle and the tokens have to agree about what changes in the copy.
  Status agree(const std::string& file, const Stages& stages) {
    auto text = text_of(stages.given);
    KILLIFY_TRY(auto macros, told_macros(facts_, *Sketch::of(text)));
    std::vector<std::string> calls;
    for (const auto& [from, to] : twin_.renames) calls.push_back(fmt::format("{}:{}", from, to));
    KILLIFY_TRY(
        const auto answer,
        facts_.coccinelle().run(kTwinPatch, {"fn=" + twin_.name, "calls=" + join(calls, ",")},
                                {file, std::move(text), std::move(macros)}));
    if (answer.end != SpatchEnd::kDone)
      objection_ = answer.why;
    else if (answer.text != text_of(stages.expected))
      objection_ =
          fmt::format("{}: Coccinelle does not see in {}() what its text shows", file, twin_.model);
    return {};
  }

  // No sleep that a harmless signal ends may be left in the twin.
  Status check(const std::string& file, const std::string& text, std::size_t definitions) {
    KILLIFY_TRY(const auto sketch, facts_.sketch_of(text));
    KILLIFY_TRY(auto macros, told_macros(facts_, *sketch));
    KILLIFY_TRY(
        const auto answer,
        facts_.coccinelle().run(kSourcePatch, {}, {file, sketch->text(), std::move(macros)}));
    const auto facts = facts_from(file, *sketch, answer);
    if (!facts.why.empty()) {
      objection_ = facts.why;
      return {};
    }
    const auto functions = facts.functions_named(twin_.name);
    if (std::ranges::any_of(functions, [](const FunctionFact* f) { return !f->parsed; })) {
      objection_ = fmt::format("{}: spatch cannot parse {}()", file, twin_.name);
      return {};
    }
    if (functions.size() != definitions) {
      objection_ = fmt::format("{}: {} of {} definitions of {}() were found", file,
                               functions.size(), definitions, twin_.name);
      return {};
    }
    const auto tokens = tokens_of(sketch->text());
    for (const auto* function : functions)
      for (const auto& sleep : sleeps_in(*function, facts, tokens, catalogue_))
        if (sleep.condition.holds != Truth::kFalse)
          objection_ = fmt::format("{}:{}: {}() would still sleep interruptibly, in {}()", file,
                                   sleep.line, twin_.name, sleep.sink->name);
    return {};
  }

  TreeFacts& facts_;
  const Catalogue& catalogue_;
  const Twin& twin_;
  std::map<std::string, std::string> names_;  // its own, and those of others
  std::string objection_;
};

}  // namespace

Result<std::string> make_twin(TreeFacts& facts, const Catalogue& catalogue, const Twin& twin,
                              WorkTexts& texts) {
  return Maker(facts, catalogue, twin).make(texts);
}

}  // namespace killify
