#include "reach/finding.h"

namespace killify {

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConvert:
      return "convert";
    case Verdict::kThread:
      return "thread";
    case Verdict::kSuppressed:
      return "suppressed";
    case Verdict::kSafe:
      return "safe";
    case Verdict::kReview:
      return "review";
  }
  return "review";
}

bool is_asked_for(const Finding& finding) {
  return finding.handler.function.empty();
}

std::vector<SinkCall> sinks_of(const Finding& finding) {
  std::vector<SinkCall> sinks{finding.sink};
  sinks.insert(sinks.end(), finding.also.begin(), finding.also.end());
  return sinks;
}

bool is_settled(const Finding& finding) {
  return finding.verdict == Verdict::kSafe || finding.verdict == Verdict::kSuppressed;
}

}  // namespace killify
