#include "prove/proof.h"

#include "json_schema.h"
#include "support/text.h"
#include "unit/prove/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::good_trials;
using test::half_converted_trials;
using test::judged;
using test::spinning_trials;
using ::testing::HasSubstr;
using ::testing::Not;

Path driver_path(std::vector<Trial> after) {
  Path path;
  path.name = "bochs-drm: ttm_bo_vm_fault()";
  path.driver = true;
  return judged(spinning_trials(), std::move(after), path);
}

Path control_path(std::vector<Trial> after) {
  Path path;
  path.name = "control: still NOPAGE";
  path.claimed = true;
  path.control = true;
  return judged(spinning_trials(), std::move(after), path);
}

Proof good_proof() {
  Proof proof;
  proof.qemu = "QEMU emulator version 7.2";
  proof.accelerator = "tcg";
  proof.series = true;
  for (const char* role : {"before", "after"}) {
    BootedKernel kernel;
    kernel.role = role;
    kernel.release = "6.1.192";
    kernel.source = std::string(40, 'a');
    kernel.tree = std::string(40, 'b');
    kernel.configuration = "lean";
    kernel.log = "/cache/logs/prove.log";
    kernel.seconds = 20;
    proof.kernels.push_back(kernel);
  }
  proof.paths = {driver_path(good_trials()), control_path(half_converted_trials())};
  return proof;
}

TEST(Proof, NeedsEveryPathAndAControlThatFails) {
  EXPECT_EQ(good_proof().exit(), Exit::kOk);

  Proof half = good_proof();
  half.paths[0] = driver_path(half_converted_trials());
  EXPECT_EQ(half.exit(), Exit::kFailed);

  Proof blind = good_proof();
  blind.paths[1] = control_path(good_trials());
  EXPECT_EQ(blind.exit(), Exit::kFailed);
  EXPECT_THAT(proof_text(blind, Paint(false)), HasSubstr("the experiment is blind"));
}

TEST(Proof, AKernelThatComplainsRefutes) {
  Proof proof = good_proof();
  proof.kernels[1].complaints = {"WARNING: possible circular locking dependency detected"};
  EXPECT_EQ(proof.exit(), Exit::kFailed);
  EXPECT_THAT(proof_text(proof, Paint(false)),
              HasSubstr("the kernel says: WARNING: possible circular locking"));
}

TEST(Proof, WhatDidNotRunIsNotJudged) {
  Proof stopped = good_proof();
  stopped.kernels[0].trouble = "does not come to its first program: no end within 60 s";
  stopped.kernels[0].tail = "VFS: Unable to mount root fs";
  EXPECT_EQ(stopped.exit(), Exit::kUnjudged);
  EXPECT_THAT(proof_text(stopped, Paint(false)), HasSubstr("  | VFS: Unable to mount root fs\n"));

  Proof without_device = good_proof();
  without_device.kernels[0].unusable = {{"/dev/dri/card1", "qxl", "makes no buffer"}};
  EXPECT_EQ(without_device.exit(), Exit::kUnjudged);
  without_device.kernels[1].unusable = without_device.kernels[0].unusable;
  EXPECT_EQ(without_device.exit(), Exit::kOk);  // the other device has shown it

  Proof few = good_proof();
  auto trials = good_trials();
  trials.pop_back();
  few.paths[0] = driver_path(trials);
  EXPECT_EQ(few.exit(), Exit::kUnjudged);
}

TEST(Proof, OfASeriesNeedsADriver) {
  Proof proof = good_proof();
  proof.paths[0] = driver_path(spinning_trials());
  EXPECT_EQ(proof.paths[0].verdict, PathVerdict::kUnchanged);
  Path shape;
  shape.name = "shape";
  shape.claimed = true;
  proof.paths.push_back(judged(spinning_trials(), good_trials(), shape));
  EXPECT_EQ(proof.exit(), Exit::kUnjudged);
  proof.series = false;
  EXPECT_EQ(proof.exit(), Exit::kOk);
}

TEST(Proof, TheTableFitsAMail) {
  const std::string table = proof_table(good_proof(), Paint(false));
  for (const std::string& line : split_lines(table)) EXPECT_LE(line.size(), 75U) << line;
  EXPECT_THAT(table, HasSubstr("bochs-drm: ttm_bo_vm_fault()\n"
                               "  before            90000  0.86 s  full count  at once   waits   "
                               "never ends\n"
                               "  after                 2  0.00 s  full count  delayed   ends    "
                               "ends\n"
                               "  the spin is gone\n"));
  EXPECT_THAT(table, HasSubstr("refuted, as it must be\n"));
}

TEST(Proof, TellsWhatItDoesNotProve) {
  const std::string text = proof_text(good_proof(), Paint(false));
  EXPECT_THAT(text, HasSubstr("holder of the lock is artificial"));
  EXPECT_THAT(text, HasSubstr("covered by the shape of their handler, not by a boot"));
  Proof stock = good_proof();
  stock.series = false;
  EXPECT_THAT(proof_text(stock, Paint(false)), Not(HasSubstr("not by a boot")));
}

TEST(Proof, JsonFitsTheSchemaAndComesBack) {
  Proof proof = good_proof();
  proof.kernels[0].unusable = {{"/dev/dri/card1", "qxl", "makes no buffer"}};
  const std::string text = proof_json(proof);
  EXPECT_EQ(test::JsonSchema("prove").mismatch(nlohmann::json::parse(text)), "");
  const auto back = read_proof(text, "proof.json");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(proof_json(*back), text);
  EXPECT_EQ(proof_text(*back, Paint(false)), proof_text(proof, Paint(false)));
}

// A verdict that somebody wrote into the file does not count.
TEST(Proof, TheVerdictFollowsFromTheTrials) {
  Proof proof = good_proof();
  proof.paths[0] = driver_path(half_converted_trials());
  auto json = nlohmann::ordered_json::parse(proof_json(proof));
  json["verdict"] = "proven";
  json["paths"][0]["verdict"] = "proven";
  const auto back = read_proof(json.dump(), "proof.json");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->verdict(), ProofVerdict::kRefuted);
}

TEST(Proof, AnotherFileIsRefused) {
  for (const char* text : {"", "{}", R"({"schema":"killify.verify/1"})",
                           R"({"schema":"killify.prove/1","of":"stock"})"}) {
    const auto read = read_proof(text, "x.json");
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr("x.json: is not what `killify prove"));
  }
}

}  // namespace
}  // namespace killify
