// What the audit says of small drivers, in words that a test can compare.
#pragma once

#include "reach/audit.h"
#include "support/small_tree.h"

#include <map>
#include <string>

namespace killify::test {

// A fault handler NAME_fault() with this body, and its registration.
inline std::string fault(const std::string& name, const std::string& body) {
  return "static vm_fault_t " + name + "_fault(struct vm_fault *vmf)\n{\n" + body +
         "\treturn 0;\n}\n\nstatic const struct vm_operations_struct " + name +
         "_ops = {\n\t.fault = " + name + "_fault,\n};\n";
}

// "int NAME(PARAMETERS)" with this body, static unless told.
inline std::string function(const std::string& name, const std::string& parameters,
                            const std::string& body, const std::string& linkage = "static ") {
  return linkage + "int " + name + "(" + parameters + ")\n{\n" + body + "\treturn 0;\n}\n\n";
}

// What the audit says of a sleep that only faults reach.
inline const std::string kAlone = "convert: only fault handlers come here";

inline const std::string kSleep = "\tif (mutex_lock_interruptible(&box->lock))\n\t\treturn 1;\n";

// "alder_fault > alder_reserve > mutex_lock_interruptible".
inline std::string chain_text(const Finding& finding) {
  std::string text;
  for (const auto& hop : finding.chain) text += hop.function + " > ";
  return text + finding.sink.name;
}

inline std::vector<Finding> findings_of(SmallTree& tree) {
  return value_of(audit(*tree.facts, tree.series, {})).findings;
}

// "VERDICT: REASON" of each finding by its chain.
using Verdicts = std::map<std::string, std::string>;
inline Verdicts verdicts_of(SmallTree& tree) {
  Verdicts verdicts;
  for (const auto& finding : findings_of(tree)) {
    auto [it, added] = verdicts.emplace(
        chain_text(finding), std::string(verdict_name(finding.verdict)) + ": " + finding.reason);
    EXPECT_TRUE(added) << "two findings of " << it->first;
  }
  return verdicts;
}

// The same of drivers that are each one file in a directory of its own, and of more files.
inline Verdicts verdicts_of(const Files& drivers, Files more = {}) {
  for (const auto& [name, text] : drivers) more["drivers/" + name + "/" + name + ".c"] = text;
  SmallTree tree(std::move(more));
  return verdicts_of(tree);
}

}  // namespace killify::test
