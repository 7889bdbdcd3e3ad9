// Functions whose head stands in several branches of an #if, with one body behind, as drivers have
// it that build with several kernels:
//
//   #if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 11, 0)
//   static int beryl_fault(struct vm_fault *vmf)
//   {
//       struct vm_area_struct *vma = vmf->vma;
//   #else
//   static int beryl_fault(struct vm_area_struct *vma, struct vm_fault *vmf)
//   {
//   #endif
//       ...
//
// spatch cannot parse that. It is shown the first branch that a kernel takes which is newer than
// all that the conditions name; the others stand in comments, on the same lines.
#pragma once

#include "facts/macro_heads.h"

#include <string_view>
#include <vector>

namespace killify {

[[nodiscard]] std::vector<MacroHead> branch_heads(std::string_view text,
                                                  const std::vector<Token>& tokens);

}  // namespace killify
