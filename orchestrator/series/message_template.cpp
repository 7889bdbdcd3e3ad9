#include "series/message_template.h"

#include "series/message.h"
#include "support/files.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace killify {
namespace {

// Calls literal(text) and placeholder(name) for the parts of `text`, in their order.
template <typename Literal, typename Placeholder>
void for_each_part(std::string_view text, Literal literal, Placeholder placeholder) {
  while (!text.empty()) {
    const auto open = text.find('{');
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      literal(text);
      return;
    }
    literal(text.substr(0, open));
    placeholder(std::string(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
}

// The text with its placeholders replaced; "" when it has some and all are empty.
std::string substitute(std::string_view text, const TemplateValues& values) {
  std::string result;
  bool any = false;
  bool filled = false;
  for_each_part(
      text,
      [&](std::string_view literal) {
        const bool drop_space =
            (result.empty() || result.back() == ' ') && literal.starts_with(' ');
        result += drop_space && any ? literal.substr(1) : literal;
      },
      [&](const std::string& name) {
        any = true;
        const std::string& value = values.at(name);
        filled = filled || !value.empty();
        result += value;
      });
  return any && !filled ? std::string() : result;
}

bool names_nothing(std::string_view text, const TemplateValues& values) {
  bool empty = false;
  for_each_part(
      text, [](std::string_view) {},
      [&](const std::string& name) { empty = empty || values.at(name).empty(); });
  return empty;
}

Status check_names(const std::filesystem::path& file, std::size_t line_number,
                   std::string_view line, const std::vector<std::string>& names) {
  std::string unknown;
  for_each_part(
      line, [](std::string_view) {},
      [&](const std::string& name) {
        if (unknown.empty() && std::ranges::find(names, name) == names.end()) unknown = name;
      });
  if (unknown.empty()) return {};
  return fail("{}:{}: unknown placeholder {{{}}}{}; there are {}", file.string(), line_number,
              unknown, did_you_mean(unknown, names), join(names, ", "));
}

}  // namespace

Result<MessageTemplate> MessageTemplate::load(const std::filesystem::path& file,
                                              const std::vector<std::string>& names) {
  KILLIFY_TRY(const std::string text, read_file(file));
  MessageTemplate result;
  result.file_ = file;
  std::vector<std::vector<std::string>> paragraphs(1);
  std::size_t line_number = 0;
  for (const std::string& line : split_lines(text)) {
    ++line_number;
    if (line.starts_with('#')) continue;
    KILLIFY_CHECK(check_names(file, line_number, line, names));
    if (!trim(line).empty())
      paragraphs.back().emplace_back(trim(line));
    else if (!paragraphs.back().empty())
      paragraphs.emplace_back();
  }
  if (paragraphs.back().empty()) paragraphs.pop_back();
  if (paragraphs.size() < 2)
    return fail(
        "{}:{}: the template ends before its text: first the subjects, a blank line, then "
        "the paragraphs",
        file.string(), line_number);
  result.subjects_ = std::move(paragraphs.front());
  for (std::size_t i = 1; i < paragraphs.size(); ++i)
    result.paragraphs_.push_back(join(paragraphs[i], " "));
  return result;
}

std::vector<std::string> MessageTemplate::subjects(const TemplateValues& values) const {
  std::vector<std::string> result;
  for (const std::string& subject : subjects_)
    result.emplace_back(names_nothing(subject, values) ? std::string_view()
                                                       : trim(substitute(subject, values)));
  return result;
}

std::string MessageTemplate::body(const TemplateValues& values) const {
  std::string result;
  for (const std::string& paragraph : paragraphs_) {
    std::string text = fill(substitute(paragraph, values), kMessageWidth);
    while (text.ends_with('\n')) text.pop_back();
    if (text.empty()) continue;
    result += (result.empty() ? "" : "\n") + text + "\n";
  }
  return result;
}

std::string semantic_patches_in_words(const std::vector<std::string>& patches) {
  std::vector<std::pair<std::string, std::vector<std::string>>> folders;
  for (const std::string& patch : patches) {
    const std::filesystem::path path(patch);
    const std::string folder = path.parent_path().string();
    if (folders.empty() || folders.back().first != folder) folders.push_back({folder, {}});
    folders.back().second.push_back(path.stem().string());
  }
  std::vector<std::string> words;
  words.reserve(folders.size());
  for (const auto& [folder, names] : folders)
    words.push_back(fmt::format("semantic-patches/{}/{}.cocci", folder,
                                names.size() == 1 ? names.front() : '{' + join(names, ",") + '}'));
  return list_in_words(words);
}

std::string call(const std::string& name) {
  return name.find('(') == std::string::npos ? name + "()" : name;
}

}  // namespace killify
