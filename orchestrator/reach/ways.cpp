#include "reach/ways.h"

#include "reach/relevant.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

namespace killify {
namespace {

// Partial ways that are tried for other ones.
constexpr std::size_t kMaxPartialWays = 2000;
// Ways that are told in full, whatever they have in common with others.
constexpr std::size_t kMaxWholeWays = 8;

}  // namespace

WaysTo Ways::to(std::vector<WalkPlace> sleeps, bool holds) const {
  WaysTo to{.sleeps = std::move(sleeps), .best = {}, .others = {}};
  to.best = {to.sleeps.front()};
  while (!states_[to.best.back().state].ways.empty())
    to.best.push_back(states_[to.best.back().state].ways.front());
  std::reverse(to.best.begin(), to.best.end());
  to.sure = holds && is_without_doubt(to.best) && to.best.size() <= kMaxCertainChain;
  to.others = first_ways(to);
  return to;
}

void Ways::cover(std::vector<WaysTo>& all) const {
  std::set<NodeId> sure;
  for (auto& to : all) {
    if (!to.sure) continue;
    cover(to, {});
    for (const auto& place : to.best) sure.insert(node_of(place));
    for (const auto& places : to.others)
      if (places.size() <= kMaxCertainChain && is_without_doubt(places))
        for (const auto& place : places) sure.insert(node_of(place));
  }
  for (auto& to : all)
    if (to.sure) cover(to, sure);
}

// From the sleep backwards; no function twice on one way.
std::vector<WalkPlaces> Ways::first_ways(const WaysTo& to) const {
  std::vector<WalkPlaces> ways;
  auto text_of_way = [&](const WalkPlaces& places) {
    std::string text;
    for (const auto& place : places) text += text_of(place) + " ";
    return text;
  };
  std::set<std::string> seen{text_of_way(to.best)};
  std::deque<WalkPlaces> partial;  // from the sleep
  for (const auto& sleep : to.sleeps) partial.push_back({sleep});
  for (std::size_t tried = 0;
       !partial.empty() && tried < kMaxPartialWays && ways.size() < kMaxWholeWays; ++tried) {
    auto places = std::move(partial.front());
    partial.pop_front();
    const auto& state = states_[places.back().state];
    if (state.ways.empty()) {
      std::reverse(places.begin(), places.end());
      if (seen.insert(text_of_way(places)).second) ways.push_back(std::move(places));
      continue;
    }
    for (const auto& way : state.ways) {
      if (comes_by(places, way.state) || partial.size() >= kMaxPartialWays) continue;
      auto longer = places;
      longer.push_back(way);
      partial.push_back(std::move(longer));
    }
  }
  return ways;
}

void Ways::cover(WaysTo& to, const std::set<NodeId>& sure) const {
  std::set<std::string> covered;
  auto add = [&](const WalkPlaces& places) {
    for (std::size_t i = 0; i < places.size(); ++i) covered.insert(text_of_call(places, i));
  };
  add(to.best);
  for (const auto& places : to.others) add(places);
  for (auto& places : ways_from_calls(to.sleeps)) {
    if (to.others.size() >= kMaxOtherChains) return;
    if (covered.contains(text_of_call(places, 0))) continue;
    const bool near = places.size() <= kMaxCertainChain && sure.contains(node_of(places.front()));
    if (!from_the_handler(places) || !is_without_doubt(places)) continue;
    if (places.size() > (near ? kMaxChain : kMaxCertainChain)) continue;
    add(places);
    to.others.push_back(std::move(places));
  }
}

// From each call that leads to a sleep, the shortest way on.
std::vector<WalkPlaces> Ways::ways_from_calls(const std::vector<WalkPlace>& sleeps) const {
  std::vector<WalkPlaces> ways;
  std::map<std::size_t, WalkPlaces> below;  // by state
  std::deque<std::size_t> open;
  for (const auto& sleep : sleeps)
    if (below.try_emplace(sleep.state, WalkPlaces{sleep}).second) open.push_back(sleep.state);
  for (; !open.empty(); open.pop_front()) {
    for (const auto& way : states_[open.front()].ways) {
      auto places = below.at(open.front());
      if (comes_by(places, way.state)) continue;
      places.insert(places.begin(), way);
      if (below.try_emplace(way.state, places).second) open.push_back(way.state);
      ways.push_back(std::move(places));
    }
  }
  return ways;
}

// Puts the best way to a place in front. False where that comes by a function of it.
bool Ways::from_the_handler(WalkPlaces& places) const {
  while (!states_[places.front().state].ways.empty()) {
    const auto& way = states_[places.front().state].ways.front();
    if (comes_by(places, way.state)) return false;
    places.insert(places.begin(), way);
  }
  return true;
}

bool Ways::is_without_doubt(const WalkPlaces& places) const {
  return std::all_of(places.begin(), places.end(), [&](const WalkPlace& place) {
    return states_[place.state].doubt.empty() &&
           steps_.at(node_of(place))[place.step].doubt.empty();
  });
}

bool Ways::comes_by(const WalkPlaces& places, std::size_t state) const {
  return std::any_of(places.begin(), places.end(),
                     [&](const WalkPlace& place) { return node_of(place) == states_[state].node; });
}

// Where a call is made.
std::string Ways::text_of(const WalkPlace& place) const {
  const auto& node = names_[node_of(place)];
  return fmt::format("{}:{}:{}", node.file, node.name,
                     steps_.at(node_of(place))[place.step].call->line);
}

// The same, and what it leads to.
std::string Ways::text_of_call(const WalkPlaces& places, std::size_t at) const {
  return text_of(places[at]) + " " +
         (at + 1 < places.size() ? names_[node_of(places[at + 1])].name : std::string());
}

}  // namespace killify
