#include "series/site_sentences.h"

#include "series/sentences.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace killify {
namespace {

// The sleeps of one root that a signal ends in the same way.
struct Ends {
  std::string root;
  std::string outcome;
  std::vector<std::string> sleeps;  // "mutex_lock_interruptible() through oak_stop()"
};

std::vector<Ends> ends_of(const std::vector<SiteChange>& sites) {
  std::vector<Ends> all;
  for (const SiteChange& site : sites) {
    const std::string outcome = site.repeated ? kRepeated : site.on_signal;
    auto known = std::ranges::find_if(all, [&](const Ends& ends) {
      return ends.root == site.handler && ends.outcome == outcome;
    });
    if (known == all.end()) known = all.insert(all.end(), Ends{site.handler, outcome, {}});
    std::string sleep = site.before + "()";
    if (site.function != site.handler) sleep += fmt::format(" through {}()", site.function);
    if (std::ranges::find(known->sleeps, sleep) == known->sleeps.end())
      known->sleeps.push_back(std::move(sleep));
  }
  return all;
}

// "ep_release() sleeps in mutex_lock_interruptible(). A pending signal ends the sleep at once:
// ep_release() returns -EINTR then, and ..."
std::string problem_of(const std::vector<SiteChange>& sites, const CampaignWords& words) {
  std::vector<std::string> paragraphs;
  for (const Ends& ends : ends_of(sites)) {
    std::string text = fmt::format("{}() sleeps in {}. A pending signal ends {} at once", ends.root,
                                   list_in_words(ends.sleeps),
                                   ends.sleeps.size() == 1 ? "the sleep" : "each of these");
    const std::string says = words.outcome(ends.outcome);
    text += says.empty() ? "." : fmt::format(": {}() {}.", ends.root, says);
    paragraphs.push_back(std::move(text));
  }
  return join(paragraphs, "\n\n");
}

std::string wakeups_of(const std::vector<std::string>& queues) {
  if (queues.empty()) return {};
  return fmt::format(
      "wake_up_interruptible() does not reach such a sleeper: convert the wake-ups of {} as well.",
      list_in_words(queues));
}

// One of the campaign's own goes by its name.
std::string patches_in_words(const std::vector<std::string>& patches) {
  std::vector<std::string> names;
  names.reserve(patches.size());
  for (const std::filesystem::path patch : patches)
    names.push_back(patch.is_absolute() ? patch.filename().string()
                                        : "semantic-patches/" + patch.string());
  return list_in_words(names);
}

}  // namespace

TemplateValues site_sentences(const Change& change, const std::string& prefix, std::size_t most,
                              const CampaignWords& words) {
  TemplateValues values = change_sentences(change, prefix, most);
  for (const char* name : {"faults", "fatal_return", "loop_exit", "additions"}) values[name] = "";
  values["problem"] = problem_of(change.sites, words);
  values["wakeups"] = wakeups_of(change.step.queues);
  values["semantic_patches"] = patches_in_words(change.semantic_patches);
  return values;
}

}  // namespace killify
