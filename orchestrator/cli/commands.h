// One function a command: it does the work, prints the result on stdout and returns the exit
// status.
#pragma once

#include "cli/options.h"
#include "support/error.h"

namespace killify {

[[nodiscard]] Result<Exit> import_command(const GlobalOptions& global,
                                          const ImportOptions& options);
[[nodiscard]] Result<Exit> audit_command(const GlobalOptions& global, const TreeOptions& tree,
                                         const AuditOptions& options);
// `question` is a function or the beginning of a finding's id.
[[nodiscard]] Result<Exit> explain_command(const GlobalOptions& global, const TreeOptions& tree,
                                           const std::string& question, bool with_plan);
[[nodiscard]] Result<Exit> plan_command(const GlobalOptions& global, const TreeOptions& tree,
                                        const PlanOptions& options);
[[nodiscard]] Result<Exit> diff_command(const GlobalOptions& global, const TreeOptions& tree,
                                        const DiffOptions& options);
[[nodiscard]] Result<Exit> generate_command(const GlobalOptions& global, const TreeOptions& tree,
                                            const GenerateOptions& options);
[[nodiscard]] Result<Exit> verify_command(const GlobalOptions& global, const TreeOptions& tree,
                                          const VerifyOptions& options);
[[nodiscard]] Result<Exit> check_command(const GlobalOptions& global, const TreeOptions& tree,
                                         const CheckOptions& options);
[[nodiscard]] Result<Exit> prove_command(const GlobalOptions& global, const ProveOptions& options);
[[nodiscard]] Result<Exit> report_command(const GlobalOptions& global,
                                          const ReportOptions& options);
[[nodiscard]] Result<Exit> doctor_command(const GlobalOptions& global, Format format);

}  // namespace killify
