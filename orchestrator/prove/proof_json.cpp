#include "prove/proof.h"
#include "prove/trial_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace killify {
namespace {

using nlohmann::ordered_json;

constexpr const char* kSchema = "killify.prove/1";

ordered_json kernel_json(const BootedKernel& kernel) {
  ordered_json unusable = ordered_json::array();
  for (const UnusableDevice& device : kernel.unusable)
    unusable.push_back({{"device", device.device}, {"driver", device.driver}, {"why", device.why}});
  return {{"role", kernel.role},
          {"release", kernel.release},
          {"source", kernel.source},
          {"tree", kernel.tree},
          {"configuration", kernel.configuration},
          {"missing", kernel.missing},
          {"unusable", std::move(unusable)},
          {"complaints", kernel.complaints},
          {"trouble", kernel.trouble},
          {"tail", kernel.tail},
          {"log", kernel.log},
          {"seconds", kernel.seconds}};
}

BootedKernel kernel_from(const ordered_json& json) {
  BootedKernel kernel;
  json.at("role").get_to(kernel.role);
  json.at("release").get_to(kernel.release);
  json.at("source").get_to(kernel.source);
  json.at("tree").get_to(kernel.tree);
  json.at("configuration").get_to(kernel.configuration);
  json.at("missing").get_to(kernel.missing);
  for (const auto& device : json.at("unusable"))
    kernel.unusable.push_back({device.at("device"), device.at("driver"), device.at("why")});
  json.at("complaints").get_to(kernel.complaints);
  json.at("trouble").get_to(kernel.trouble);
  json.at("tail").get_to(kernel.tail);
  json.at("log").get_to(kernel.log);
  json.at("seconds").get_to(kernel.seconds);
  return kernel;
}

ordered_json trials_json(const std::vector<Trial>& trials) {
  ordered_json list = ordered_json::array();
  for (const Trial& trial : trials) list.push_back(trial_json(trial));
  return list;
}

std::vector<Trial> trials_from(const ordered_json& json) {
  std::vector<Trial> trials;
  for (const auto& trial : json) trials.push_back(trial_from(trial));
  return trials;
}

ordered_json path_json(const Path& path) {
  return {{"name", path.name},
          {"harm", path.harm == Harm::kSpin ? "spin" : "bus_error"},
          {"driver", path.driver},
          {"claimed", path.claimed},
          {"kernel_only", path.kernel_only},
          {"control", path.control},
          {"verdict", path_verdict_name(path.verdict)},
          {"reasons", path.reasons},
          {"before", trials_json(path.before)},
          {"after", trials_json(path.after)}};
}

// The verdict is not read but made again, from the trials.
Path path_from(const ordered_json& json) {
  Path path;
  json.at("name").get_to(path.name);
  path.harm = json.at("harm") == "spin" ? Harm::kSpin : Harm::kBusError;
  json.at("driver").get_to(path.driver);
  json.at("claimed").get_to(path.claimed);
  path.kernel_only = json.value("kernel_only", false);
  json.at("control").get_to(path.control);
  path.before = trials_from(json.at("before"));
  path.after = trials_from(json.at("after"));
  judge(path);
  return path;
}

}  // namespace

std::string proof_json(const Proof& proof) {
  ordered_json kernels = ordered_json::array();
  for (const BootedKernel& kernel : proof.kernels) kernels.push_back(kernel_json(kernel));
  ordered_json paths = ordered_json::array();
  for (const Path& path : proof.paths) paths.push_back(path_json(path));
  const ordered_json json{{"schema", kSchema},
                          {"of", proof.series ? "series" : "stock"},
                          {"verdict", proof_verdict_name(proof.verdict())},
                          {"qemu", proof.qemu},
                          {"accelerator", proof.accelerator},
                          {"kernels", std::move(kernels)},
                          {"paths", std::move(paths)},
                          {"limits", limits_of(proof)}};
  // A console may say any bytes.
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Result<Proof> read_proof(std::string_view text, std::string_view name) {
  try {
    const auto json = ordered_json::parse(text);
    if (json.at("schema") != kSchema)
      return fail("{}: is not what `killify prove --format=json` prints", name);
    Proof proof;
    proof.series = json.at("of") == "series";
    json.at("qemu").get_to(proof.qemu);
    json.at("accelerator").get_to(proof.accelerator);
    for (const auto& kernel : json.at("kernels")) proof.kernels.push_back(kernel_from(kernel));
    for (const auto& path : json.at("paths")) proof.paths.push_back(path_from(path));
    return proof;
  } catch (const ordered_json::exception& error) {
    return fail("{}: is not what `killify prove --format=json` prints: {}", name, error.what());
  }
}

}  // namespace killify
