#include "tree/identity.h"

namespace killify {
namespace {

bool is_dropped_at_an_end(char c) {
  constexpr std::string_view kCrud = ".,:;<>\"\\'";
  return static_cast<unsigned char>(c) <= ' ' || kCrud.find(c) != std::string_view::npos;
}

}  // namespace

std::string as_git_writes(std::string_view text) {
  while (!text.empty() && is_dropped_at_an_end(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_dropped_at_an_end(text.back())) text.remove_suffix(1);
  std::string written;
  for (const char c : text)
    if (c != '<' && c != '>' && c != '\n') written += c;
  return written;
}

}  // namespace killify
