// An audit with one finding of each verdict, and everything that a report has to show.
#pragma once

#include "report/audited_tree.h"

#include <string>
#include <utility>
#include <vector>

namespace killify::test {

inline Handler sample_handler(const std::string& name, const std::string& file) {
  return {name, file, 10, name + "_ops", "fault", file, 90};
}

inline Finding sample_finding(std::string id, Handler handler, Verdict verdict,
                              std::string on_signal, std::string reason) {
  Finding finding;
  finding.id = std::move(id);
  finding.sink = {"mutex_lock_interruptible", handler.function, handler.file, 12, "obj->lock"};
  finding.chain = {{handler.function, handler.file, 12, "direct", {}, {}}};
  finding.handler = std::move(handler);
  finding.condition = "always";
  finding.on_signal = std::move(on_signal);
  finding.verdict = verdict;
  finding.reason = std::move(reason);
  return finding;
}

// box_fault() sleeps by itself; tin_fault() in a helper of another file, by two ways.
inline AuditedTree sample_audit() {
  const auto box = sample_handler("box_fault", "drivers/misc/box/box.c");
  const auto tin = sample_handler("tin_fault", "drivers/gpu/drm/tin/tin.c");
  const auto idle = sample_handler("idle_fault", "drivers/misc/idle.c");
  AuditedTree tree;
  tree.commit = std::string(40, 'a');
  tree.kernel_version = "6.1.0";
  tree.series = "killable-fault-handlers";
  tree.prefixes = {{"drivers/gpu/drm", "drm/{}"}, {"drivers/misc", "{}"}};
  tree.audit.handlers = {tin, box, idle};

  auto shared = sample_finding("beef00000002", tin, Verdict::kThread, "VM_FAULT_NOPAGE",
                               "ttm_reserve() is shared: ioctl() calls it, too");
  shared.sink = {"dma_resv_lock_interruptible", "ttm_reserve", "drivers/gpu/drm/ttm/vm.c", 5,
                 "bo->resv"};
  shared.chain = {
      {"tin_fault", "drivers/gpu/drm/tin/tin.c", 20, "field", "bdev->funcs->move", {}},
      {"ttm_reserve", "drivers/gpu/drm/ttm/vm.c", 5, "direct", {}, {"interruptible = true"}}};
  shared.other_chains = {
      {{"tin_fault", "drivers/gpu/drm/tin/tin.c", 30, "direct", {}, {}},
       {"TIN_WAIT", "drivers/gpu/drm/tin/tin.h", 3, "macro", {}, {}},
       {"ttm_reserve", "drivers/gpu/drm/ttm/vm.c", 5, "direct", {}, {"interruptible = true"}}}};
  shared.condition = "true";
  shared.translator = "tin_to_fault";
  tree.audit.findings = {shared,
                         sample_finding("beef00000001", box, Verdict::kConvert, "VM_FAULT_SIGBUS",
                                        "only fault handlers come here"),
                         sample_finding("beef00000003", box, Verdict::kReview, "unknown",
                                        "whether it sleeps interruptibly depends on 'intr'"),
                         sample_finding("beef00000004", box, Verdict::kSuppressed, "ignored",
                                        "box_block() blocks all signals but SIGKILL around it"),
                         sample_finding("beef00000005", box, Verdict::kSafe, "VM_FAULT_NOPAGE",
                                        "ctx->interruptible is false")};
  tree.audit.findings[4].condition = "false";
  tree.audit.coverage = {.files = 9,
                         .complete = 5,
                         .partial = 2,
                         .failed = 1,
                         .timed_out = 1,
                         .unanswered = 2,
                         .lost = {{"drivers/misc/box/box.c", {40, 44}},
                                  {"drivers/misc/box/box.c", {50, 50}},
                                  {"kernel/far.c", {1, 3}}},
                         .notes = {"drivers/misc/odd.c:1: no end within 120 s"},
                         .unresolved = {{UnresolvedCall::Kind::kField,
                                         "vm_operations_struct->fault",
                                         true,
                                         0,
                                         4,
                                         {"drivers/misc/idle.c:91"},
                                         {2}}},
                         .unseen = {"wait_fault() (mm/wait.c): by name"}};
  return tree;
}

}  // namespace killify::test
