#include "series/own_paths.h"

#include <boost/algorithm/string/replace.hpp>

namespace killify {
namespace {

class OwnPaths {
 public:
  explicit OwnPaths(const std::string& place) : place_(place) {}

  void name(std::string& path) const {
    if (path.starts_with(place_)) path.erase(0, place_.size());
  }

  // Of sentences: nothing else has such a name, since no kernel has a directory of that name.
  void name_in(std::string& text) const { boost::replace_all(text, place_, ""); }

  void name(std::vector<Hop>& chain) const {
    for (Hop& hop : chain) name(hop.file);
  }

  void name(Finding& finding) const {
    name(finding.handler.file);
    name(finding.handler.registered_in);
    name(finding.sink.file);
    name(finding.chain);
    for (auto& chain : finding.other_chains) name(chain);
    for (SinkCall& sink : finding.also) name(sink.file);
    name_in(finding.reason);
  }

  void name(LeftOut& left) const {
    name(left.finding);
    name_in(left.reason);
  }

  void name(Change& change) const {
    Step& step = change.step;
    name(step.group);
    name_in(step.name);
    name_in(step.reason);
    for (auto* names : {&step.needs, &step.enables})
      for (std::string& other : *names) name_in(other);
    for (std::string& file : step.files) name(file);
    for (Finding& finding : step.findings) name(finding);
    for (FileChange& file : change.files) name(file.path);
    for (SiteChange& site : change.sites) name(site.file);
    for (Addition& addition : change.additions) name(addition.file);
    for (LeftOut& left : change.staying) name(left);
    for (std::string& remark : change.remarks) name_in(remark);
  }

 private:
  const std::string& place_;
};

}  // namespace

void name_own_paths(Changes& changes, std::vector<Message>& messages, const std::string& place) {
  if (place.empty()) return;
  const OwnPaths own(place);
  for (Change& change : changes.changes) own.name(change);
  for (LeftOut& left : changes.left_out) own.name(left);
  for (std::string& line : changes.unseen) own.name_in(line);
  for (Message& message : messages) {
    own.name_in(message.subject);
    own.name_in(message.body);
  }
}

}  // namespace killify
