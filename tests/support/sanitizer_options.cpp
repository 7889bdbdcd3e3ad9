// What AddressSanitizer is told before main(), whoever starts the tests.

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): its names

// Leaks inside libgit2 1.5: of a regular expression's match in one, of a commit list where a
// shallow history ends in the other.
const char* __lsan_default_suppressions() {
  return "leak:git_config_foreach_match\nleak:git_merge_base\n";
}

// Those functions are named in full stacks only: libgit2 keeps no frame pointers.
const char* __asan_default_options() {
  return "fast_unwind_on_malloc=0";
}

// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
}
