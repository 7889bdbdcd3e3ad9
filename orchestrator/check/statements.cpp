#include "check/statements.h"

#include "series/message.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>

// The grammar is that of killify's own messages (series/*_sentences.cpp). A sentence that a person
// wrote differently is held to the first rule only: its names are in the diff or in the tree.

namespace killify {
namespace {

constexpr std::size_t kChainLines = 5;
constexpr std::string_view kProvenance = "Generated with ";
constexpr std::string_view kPatches = "semantic-patches/";
// What an analysis says to itself.
constexpr std::string_view kNoise[] = {"calls deep", "conditions on the way"};

bool is_indented(const std::string& line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

// The lines of the body: without the subject and the block of tags at the end.
std::vector<std::string> body_lines(std::string_view message) {
  static const std::regex kTag(R"(^[A-Z][A-Za-z-]+: \S.*)");
  auto lines = split_lines(trim(message));
  if (!lines.empty()) lines.erase(lines.begin());
  while (!lines.empty() && std::regex_match(lines.back(), kTag)) lines.pop_back();
  while (!lines.empty() && trim(lines.back()).empty()) lines.pop_back();
  while (!lines.empty() && trim(lines.front()).empty()) lines.erase(lines.begin());
  return lines;
}

// The words of a text, and those of the lines of a diff that begin with one of `marks`.
std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.insert(word);
  return words;
}

std::set<std::string> words_in(const std::string& diff, std::string_view marks) {
  std::string text;
  for (const std::string& line : split_lines(diff)) {
    const bool header = line.starts_with("+++ ") || line.starts_with("--- ");
    if (!line.empty() && !header && marks.find(line[0]) != marks.npos)
      text += line.substr(1) + '\n';
  }
  return words_of(text);
}

// "a{,_b}c()" stands for "ac()" and "a_bc()", "d/{a,b}.cocci" for "d/a.cocci" and "d/b.cocci".
std::string expanded(const std::string& text) {
  static const std::regex kBraces(R"(([\w/-]+)\{([\w,-]*)\}(\w*\(\)|\.cocci))");
  std::string result = text;
  for (std::smatch match; std::regex_search(result, match, kBraces);) {
    std::string all;
    const std::string middles = match[2].str() + ",";
    for (std::size_t at = 0; at < middles.size();) {
      const auto end = middles.find(',', at);
      all +=
          (all.empty() ? "" : " ") + match[1].str() + middles.substr(at, end - at) + match[3].str();
      at = end + 1;
    }
    result = match.prefix().str() + all + match.suffix().str();
  }
  return result;
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
    if (std::ranges::find(found, (*it)[1].str()) == found.end()) found.push_back((*it)[1]);
  return found;
}

// "f" of each "f()", "wait" of "dma_fence_ops.wait()".
std::vector<std::string> functions_in(const std::string& text) {
  static const std::regex kCall(R"((\w+)\(\))");
  return matches(text, kCall);
}

// VM_FAULT_NOPAGE, TASK_KILLABLE.
std::vector<std::string> constants_in(const std::string& text) {
  static const std::regex kConstant(R"(\b([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])\b)");
  return matches(text, kConstant);
}

std::vector<std::string> quoted_in(const std::string& text) {
  static const std::regex kQuoted(R"('(\w+)')");
  return matches(text, kQuoted);
}

std::vector<std::string> paths_in(const std::string& text) {
  static const std::regex kPath(R"(((?:[\w+-][\w.+-]*/)+[\w+-](?:[\w.+-]*[\w+-])?))");
  return matches(text, kPath);
}

bool is_left_alone(const std::string& sentence) {
  return sentence.find(" left alone") != std::string::npos;
}

// The part of "Add a() and b(), which take ..." that names.
std::string named_first(const std::string& sentence) {
  std::size_t end = sentence.size();
  for (const std::string_view stop : {", which", ", a copy of", ", copies of", " for that"})
    end = std::min(end, sentence.find(stop));
  return sentence.substr(0, end);
}

std::vector<std::string> unknown_names(const std::string& text, const std::set<std::string>& diff,
                                       const KnownNames& known) {
  std::vector<std::string> faults;
  for (const auto& list : {functions_in(text), constants_in(text), quoted_in(text)})
    for (const std::string& word : list)
      if (!diff.contains(word) && !known.word(word))
        faults.push_back(fmt::format("'{}' is neither in the diff nor in the tree", word));
  for (const std::string& path : paths_in(text))
    if (known.top(path.substr(0, path.find('/'))) && !known.path(path))
      faults.push_back(fmt::format("'{}' is no path of the tree", path));
  return faults;
}

class Claims {
 public:
  Claims(const Told& told, const KnownNames& known)
      : told_(told),
        known_(known),
        added_(words_in(told.diff, "+")),
        after_(words_in(told.diff, "+ ")),
        all_(words_of(told.diff)) {}

  std::vector<std::string> faults() {
    const std::vector<std::string> sentences = sentences_of(told_.message);
    names(expanded(told_.subject));
    for (const std::string& sentence : sentences) {
      names(expanded(sentence));
      if (sentence.starts_with(kProvenance))
        provenance(expanded(sentence));
      else if (sentence.starts_with("Add "))
        all_added(named_first(sentence), "added");
      else if (sentence.starts_with("Use ") && sentence.find(" for the sleep") != sentence.npos)
        all_added(sentence.substr(0, sentence.find(" for the sleep")), "used");
      else if (sentence.starts_with("With a fatal signal pending "))
        returned(sentence.substr(0, sentence.find(": ")));
      for (const std::string_view noise : kNoise)
        if (sentence.find(noise) != sentence.npos)
          add(fmt::format("'{}' is about the analysis, not about the patch", noise));
    }
    left_and_converted(sentences);
    chain_and_length();
    return std::move(faults_);
  }

 private:
  void add(std::string fault) {
    if (std::ranges::find(faults_, fault) == faults_.end()) faults_.push_back(std::move(fault));
  }

  void names(const std::string& text) {
    for (std::string& fault : unknown_names(text, all_, known_)) add(std::move(fault));
  }

  void all_added(const std::string& text, std::string_view verb) {
    for (const auto& list : {functions_in(text), constants_in(text)})
      for (const std::string& word : list)
        if (!added_.contains(word))
          add(fmt::format("'{}' is said to be {}, and no line that the patch adds has it", word,
                          verb));
  }

  void returned(const std::string& text) {
    for (const std::string& word : constants_in(text))
      if (!after_.contains(word))
        add(fmt::format("'{}' is said to be returned, and is not in the new code of the diff",
                        word));
  }

  void provenance(const std::string& sentence) {
    if (told_.commit == nullptr) return;
    const auto& used = told_.commit->semantic_patches;
    std::size_t named = 0;
    for (const std::string& path : paths_in(sentence)) {
      if (!path.starts_with(kPatches)) continue;
      ++named;
      if (std::ranges::find(used, path.substr(kPatches.size())) == used.end())
        add(fmt::format("'{}' made nothing of this patch, by {}", path, kManifestName));
    }
    // A campaign's own goes by its name alone.
    const bool all_ours = std::ranges::all_of(used, [](const std::string& patch) {
      return !patch.starts_with('/') && patch.find('/') != std::string::npos;
    });
    if (all_ours && named != used.size())
      add(fmt::format("{} are named, and {} made the patch, by {}",
                      counted(named, "semantic patch", "semantic patches"), used.size(),
                      kManifestName));
  }

  void left_and_converted(const std::vector<std::string>& sentences) {
    std::set<std::string> left;
    std::set<std::string> others;
    for (const std::string& sentence : sentences)
      for (const std::string& name : functions_in(sentence))
        (is_left_alone(sentence) ? left : others).insert(name);
    for (const std::string& name : left)
      if (others.contains(name))
        add(fmt::format("{}() is named as left alone and as changed", name));
  }

  void chain_and_length() {
    static const std::regex kHop(R"(^\s+(\w+\(\)|\.\.\.)$)");
    std::size_t lines = 0;
    std::size_t chain = 0;
    for (const std::string& line : body_lines(told_.message)) {
      const bool hop = std::regex_match(line, kHop);
      chain = hop ? chain + 1 : 0;
      if (chain == kChainLines + 1)
        add(fmt::format("a chain of calls has more than {} lines", kChainLines));
      if (hop)
        for (const std::string& name : functions_in(line)) names(name + "()");
      if (hop || !is_indented(line)) ++lines;
    }
    if (lines > kMessageLines)
      add(fmt::format("the message has {} lines; {} is the limit", lines, kMessageLines));
  }

  const Told& told_;
  const KnownNames& known_;
  std::set<std::string> added_;
  std::set<std::string> after_;
  std::set<std::string> all_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> sentences_of(std::string_view message) {
  static const std::regex kEnd(R"(([.!?:])(\s+|$))");
  std::vector<std::string> sentences;
  std::string paragraph;
  const auto end_paragraph = [&] {
    std::size_t begin = 0;
    for (std::sregex_iterator it(paragraph.begin(), paragraph.end(), kEnd), end; it != end; ++it) {
      const auto stop = static_cast<std::size_t>(it->position(0));
      const bool last = stop + static_cast<std::size_t>(it->length(0)) >= paragraph.size();
      if (paragraph[stop] == ':' && !last) continue;
      sentences.push_back(paragraph.substr(begin, stop + 1 - begin));
      begin = stop + static_cast<std::size_t>(it->length(0));
    }
    if (begin < paragraph.size()) sentences.push_back(paragraph.substr(begin));
    paragraph.clear();
  };
  for (const std::string& line : body_lines(message)) {
    if (trim(line).empty() || is_indented(line))
      end_paragraph();
    else
      paragraph += (paragraph.empty() ? "" : " ") + line;
  }
  end_paragraph();
  return sentences;
}

std::vector<std::string> name_faults(const std::string& text, const KnownNames& known) {
  return unknown_names(expanded(text), {}, known);
}

std::vector<std::string> statement_faults(const Told& told, const KnownNames& known) {
  return Claims(told, known).faults();
}

std::vector<std::pair<std::size_t, std::string>> repetitions(const std::vector<Told>& series) {
  std::vector<std::pair<std::size_t, std::string>> found;
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < series.size(); ++i)
    for (const std::string& sentence : sentences_of(series[i].message)) {
      if (sentence.starts_with(kProvenance)) continue;
      const auto [known, is_new] = first.emplace(sentence, i);
      if (!is_new)
        found.emplace_back(i, fmt::format("the sentence '{}' stands in patch {}, too", sentence,
                                          known->second + 1));
    }
  return found;
}

std::vector<std::string> count_faults(const Told& told, const std::vector<LeftOut>& left_out,
                                      bool edited) {
  if (told.commit == nullptr || told.commit->sites.empty()) return {};
  static const std::regex kCount(R"(^(\d+) other sleeps?\b)");
  std::size_t said = 0;
  for (const std::string& sentence : sentences_of(told.message)) {
    std::smatch match;
    if (is_left_alone(sentence) && std::regex_search(sentence, match, kCount))
      said += std::strtoul(match[1].str().c_str(), nullptr, 10);
  }
  std::set<std::string> handlers;
  for (const SiteChange& site : told.commit->sites) handlers.insert(site.handler);
  std::set<std::pair<std::string, int>> places;
  for (const LeftOut& left : left_out)
    if (handlers.contains(left.finding.handler.function))
      places.emplace(left.finding.sink.file, left.finding.sink.line);
  const std::size_t there = places.size();
  if (said == there || (said == 0 && edited)) return {};
  return {fmt::format("{} said to be left alone, and {} has {} of these handlers",
                      said == 1 ? "1 other sleep is" : fmt::format("{} other sleeps are", said),
                      kManifestName, there)};
}

}  // namespace killify
