// The outline of a file, from its tokens: where functions begin and end, and which macros it
// defines.
#pragma once

#include "facts/lexer.h"

#include <string>
#include <vector>

namespace killify {

// A function definition: from the line of its name to the line of its closing brace.
struct FunctionExtent {
  std::string name;
  bool is_static = false;
  int first = 0;
  int last = 0;
  bool typeless =
      false;  // nothing but "static" and its like before the name: a macro writes the head
};

// Finds the function definitions of a file, token by token. Follows the kernel's habit that a brace
// in the first column ends a function, so that `#if` branches that open a brace twice cost one
// function and not the rest of the file.
class Outliner {
 public:
  // Tokens in the order of the text, those of preprocessor directives left out.
  void take(const Token& token);
  // The text ends here. All functions, in the order of the file.
  [[nodiscard]] std::vector<FunctionExtent> finish();

 private:
  enum class Place { kOutside, kParentheses, kBody };
  void take_outside(const Token& token);
  void take_in_parentheses(const Token& token);
  void take_in_body(const Token& token);
  void end_body();

  std::vector<FunctionExtent> functions_;
  Place place_ = Place::kOutside;
  int depth_ = 0;
  int line_ = 0;
  bool is_static_ = false;
  bool typed_ = false;            // a word before the last one can be a type
  bool type_behind_ = false;      // behind the candidate stands a word that is no attribute
  bool in_function_ = false;      // of kBody: functions_.back() ends with it
  bool names_candidate_ = false;  // of kParentheses: they follow the candidate's name
  int inside_ = 0;                // the tokens so far in these parentheses
  Token word_;                    // the last token, if it was a word that may be a name
  Token declarator_;              // of "int (*name(int x))(void)": the name
  FunctionExtent candidate_;      // "name ( ... )" seen since the last ';' or '}'
};

// In the order of the file.
[[nodiscard]] std::vector<FunctionExtent> function_extents(const std::vector<Token>& tokens);

// A function-like or object-like macro.
struct MacroDefinition {
  std::string name;
  bool function_like = false;
  bool variadic = false;
  std::vector<std::string> parameters;
  std::vector<Token> body;  // texts point into the source
  int line = 0;             // of its name
  int last = 0;
};

[[nodiscard]] std::vector<MacroDefinition> macro_definitions(const std::vector<Token>& tokens);

// The index behind the parenthesis that closes tokens[open]; the size where none does.
[[nodiscard]] std::size_t behind_closing(const std::vector<Token>& tokens, std::size_t open);

// The arguments of a macro's or function's use whose opening parenthesis is tokens[open], as texts
// without blanks (but between words: "struct page*"); empty if it is not closed.
[[nodiscard]] std::vector<std::string> call_arguments(const std::vector<Token>& tokens,
                                                      std::size_t open);

}  // namespace killify
