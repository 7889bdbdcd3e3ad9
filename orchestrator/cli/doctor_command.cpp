#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/output.h"

namespace killify {

Result<Exit> doctor_command(const GlobalOptions& global, Format format) {
  KILLIFY_TRY(auto tools, examine_tools(DoctorScope::of_system()));
  KILLIFY_CHECK(print_as(format, format == Format::kJson
                                     ? doctor_json(tools)
                                     : doctor_text(tools, Paint(colours_wanted(global.colour)))));
  return doctor_exit(tools);
}

}  // namespace killify
