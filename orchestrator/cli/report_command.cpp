#include "cli/commands.h"
#include "cli/output.h"
#include "report/series_report.h"
#include "support/files.h"

#include <filesystem>

namespace killify {

Result<Exit> report_command(const GlobalOptions& global, const ReportOptions& options) {
  SeriesReport report;
  KILLIFY_TRY(report.manifest,
              read_manifest(std::filesystem::path(options.directory) / kManifestName));
  if (!options.verify.empty()) {
    KILLIFY_TRY(const auto text, read_file(options.verify));
    KILLIFY_TRY(report.verified, read_verified(text, options.verify));
  }
  if (!options.proof.empty()) {
    KILLIFY_TRY(const auto text, read_file(options.proof));
    KILLIFY_TRY(report.proof, read_proof(text, options.proof));
    const auto& commits = report.manifest.commits;
    for (const auto& kernel : report.proof->kernels)
      if (kernel.role == "after" && (commits.empty() || kernel.source != commits.back().oid))
        return fail("{}: proves another series: it ends with {}, that of {} does not",
                    options.proof, kernel.source.substr(0, 12), options.directory);
  }
  if (options.html.empty())
    KILLIFY_CHECK(show(series_report_text(report, Paint(colours_wanted(global.colour)))));
  else
    KILLIFY_CHECK(write_file_atomic(options.html, series_report_html(report)));
  return Exit::kOk;
}

}  // namespace killify
