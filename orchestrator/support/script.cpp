#include "support/script.h"

#include "support/process.h"
#include "support/resources.h"
#include "support/text.h"

namespace killify {

Result<std::string> run_script(std::string_view name, const std::vector<std::string>& arguments,
                               std::chrono::milliseconds deadline, std::string_view asked_by) {
  KILLIFY_TRY(const auto data, data_dir());
  Command command{.argv = {(data / "scripts" / name).string()},
                  .env = {{"LC_ALL", "C.UTF-8"}},
                  .deadline = deadline};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  KILLIFY_TRY(const Completed done, run(command));
  if (done.ok()) return std::string(trim(done.out));
  const auto said = split_lines(trim(done.err));
  const std::string last = said.empty() ? done.how_it_ended() : std::string(said.back());
  const auto at = last.find(name);
  return fail("{}: {}", asked_by,
              at == std::string::npos ? last : last.substr(at + name.size() + 2));
}

}  // namespace killify
