#include "plan/vocabulary.h"

#include "facts/lexer.h"

namespace killify {
namespace {

// "name(" or "#define name" outside of comments. In a header a call would do, too; but a header
// that calls a function sees its declaration, so that the tree has it all the same.
bool provides(std::string_view text, std::string_view name) {
  auto tokens = tokens_of(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text != name) continue;
    if (i > 0 && tokens[i].directive && tokens[i - 1].text == "define") return true;
    if (i + 1 < tokens.size() && tokens[i + 1].text == "(") return true;
  }
  return false;
}

}  // namespace

Result<bool> Vocabulary::has(const std::string& name) {
  if (auto it = known_.find(name); it != known_.end()) return it->second;
  bool found = false;
  for (const auto* entry : facts_.words().files_with(name)) {
    // What tools/ has is for user space.
    if (!entry->path.ends_with(".h") || entry->path.starts_with("tools/")) continue;
    KILLIFY_TRY(auto text, facts_.text(entry->path));
    if (provides(text, name)) {
      found = true;
      break;
    }
  }
  known_[name] = found;
  return found;
}

}  // namespace killify
