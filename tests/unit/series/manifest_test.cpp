#include "series/manifest.h"

#include "support/resources.h"
#include "support/temp_dir.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace killify {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

Series sample_series() {
  Series series;
  series.name = "killable-fault-handlers";
  series.base.oid = std::string(40, 'b');
  series.kernel_version = "6.1.192";
  series.branch = "killify/killable-fault-handlers/v2";
  series.reroll = 2;
  series.spatch_version = "1.1.1";
  series.semantic_patches = {{.path = "convert/mutex.cocci", .sha256 = std::string(64, 'd')}};
  series.commits.push_back({.change = samples::etnaviv_change(),
                            .message = {.subject = "drm/etnaviv: Do it", .body = "b\n"},
                            .to = {"A <a@example.org>"},
                            .cc = {"l@example.org"},
                            .oid = std::string(40, 'c')});
  LeftOut item;
  item.finding.id = "f1";
  item.finding.handler.function = "foo_fault";
  item.finding.sink.name = "down_interruptible";
  item.finding.sink.function = "foo";
  item.finding.sink.file = "x.c";
  item.finding.sink.line = 3;
  item.finding.also = {item.finding.sink};
  item.finding.also[0].line = 7;
  item.finding.chain = {{.function = "foo_fault", .file = "x.c", .line = 9, .edge = "macro"}};
  item.finding.condition = "always";
  item.finding.on_signal = "unknown";
  item.finding.verdict = Verdict::kThread;
  item.finding.reason = "shared";
  item.reason = "shared with an ioctl";
  series.left_out = {item};
  return series;
}

// What is wrong with `value` by the part of JSON Schema that our schemas use: type, required,
// properties, additionalProperties, items, const, enum and references to $defs.
void validate(const json& value, const json& schema, const json& root, const std::string& where) {
  if (schema.contains("$ref")) {
    const std::string reference = schema.at("$ref");
    validate(value, root.at(json::json_pointer(reference.substr(1))), root, where);
    return;
  }
  if (schema.contains("const")) {
    EXPECT_EQ(value, schema.at("const")) << where;
  }
  if (schema.contains("enum")) {
    EXPECT_THAT(schema.at("enum"), testing::Contains(value)) << where;
  }
  if (schema.contains("type")) {
    const std::string type = value.is_number_integer() ? "integer" : value.type_name();
    EXPECT_EQ(type, schema.at("type")) << where;
  }
  for (const json& name : schema.value("required", json::array()))
    EXPECT_TRUE(value.contains(name.get<std::string>())) << where << " lacks " << name;
  if (value.is_object() && schema.contains("properties"))
    for (const auto& [name, member] : value.items()) {
      const bool known = schema.at("properties").contains(name);
      EXPECT_TRUE(known) << where << "." << name << " is not in the schema";
      if (known) validate(member, schema.at("properties").at(name), root, where + "." + name);
    }
  if (value.is_array() && schema.contains("items"))
    for (const json& item : value) validate(item, schema.at("items"), root, where + "[]");
}

class ManifestTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) {
    samples::check(write_file_atomic(dir_.path() / "manifest.json", text));
    return dir_.path() / "manifest.json";
  }
  TempDir dir_ = samples::value_of(TempDir::make());
};

TEST_F(ManifestTest, FollowsItsSchema) {
  const json schema = json::parse(samples::value_of(read_file(
      std::filesystem::path(KILLIFY_TEST_SOURCE_DIR) / "docs/schema/manifest.schema.json")));
  Manifest manifest = make_manifest(sample_series());
  manifest.outputs = {{"v2-0001-drm-etnaviv-Do-it.patch", std::string(64, 'e')}};
  validate(json::parse(manifest_json(manifest)), schema, schema, "manifest");
}

TEST_F(ManifestTest, ComesBackAsItWas) {
  Manifest manifest = make_manifest(sample_series());
  manifest.outputs = {{"a.patch", "1"}};
  const std::string text = manifest_json(manifest);
  const Manifest again = samples::value_of(read_manifest(write(text)));
  // All that is written is read, so what is written again is the same; a handler's ops and a sink's
  // object are not part of it.
  EXPECT_EQ(manifest_json(again), text);
  EXPECT_EQ(again.base_commit, std::string(40, 'b'));
  EXPECT_EQ(again.branch, "killify/killable-fault-handlers/v2");
  EXPECT_EQ(again.reroll, 2U);
  EXPECT_EQ(again.killify_version, version());
  ASSERT_EQ(again.commits.size(), 1U);
  EXPECT_EQ(again.commits[0].patch_file, "v2-0001-drm-etnaviv-Do-it.patch");
  EXPECT_THAT(again.commits[0].files, ElementsAre("drivers/gpu/drm/etnaviv/etnaviv_gem.c"));
  EXPECT_EQ(again.commits[0].sites.at(0).object, "etnaviv_obj->lock");
  EXPECT_EQ(again.left_out.at(0).finding.verdict, Verdict::kThread);
  EXPECT_EQ(again.left_out.at(0).finding.also.at(0).line, 7);
}

TEST_F(ManifestTest, BytesThatAreNoTextDoNotBreakIt) {
  Series series = sample_series();
  series.commits[0].change.sites[0].object = "caf\xe9";
  EXPECT_NO_THROW({ const json parsed = json::parse(manifest_json(make_manifest(series))); });
}

TEST_F(ManifestTest, CutOffFileIsNamedWithItsLine) {
  const std::string text = manifest_json(make_manifest(sample_series()));
  const auto manifest = read_manifest(write(text.substr(0, text.find("\"series\""))));
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().message, HasSubstr("manifest.json:7: is not whole JSON"));
}

TEST_F(ManifestTest, OtherSchemaIsRefused) {
  const auto manifest = read_manifest(write(R"({"schema": "killify.manifest/9"})"));
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().message, HasSubstr("is written in killify.manifest/9"));
}

TEST_F(ManifestTest, MissingPartIsNamed) {
  const auto manifest = read_manifest(write(R"({"schema": "killify.manifest/1", "tree": {}})"));
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().message,
              HasSubstr("manifest.json: is no manifest of killify: key 'commit' not found"));
  EXPECT_FALSE(read_manifest(write("[]")));
}

}  // namespace
}  // namespace killify
