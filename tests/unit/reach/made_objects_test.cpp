// What is known of objects that the way of a fault makes itself.
#include "support/small_audit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::fault;
using test::function;
using test::SmallTree;
using testing::Each;
using testing::ElementsAre;
using testing::Key;
using testing::StartsWith;

const std::string kJob =
    "struct job_ops {\n\tint (*start)(struct job *job);\n};\n"
    "struct job {\n\tunsigned int flags;\n\tunsigned long bits;\n"
    "\tconst struct job_ops *ops;\n\tstruct mutex lock;\n};\n";
const std::string kJobFlags =
    "#define JOB_QUIET 0x1\n#define JOB_FAST BIT(1)\n#define JOB_SLOW (1U << 2)\n"
    "#define JOB_ANY (JOB_QUIET | JOB_FAST)\n";
const std::string kJobAlloc =
    "static struct job *job_alloc(gfp_t gfp)\n{\n\tstruct job *job;\n\n"
    "\tjob = kzalloc(sizeof(*job), gfp);\n\tif (!job)\n\t\treturn ERR_PTR(-ENOMEM);\n"
    "\treturn job;\n}\n\n";
// It makes jobs of its own that are quiet.
const std::string kQuietJob =
    function("quiet", "void",
             "\tstruct job *job = job_alloc(GFP_KERNEL);\n\n\tjob->flags |= JOB_QUIET;\n"
             "\treturn job_wait(job);\n");
const std::string kJobFault = fault("@",
                                    "\tstruct job *job = job_alloc(GFP_KERNEL);\n\n"
                                    "\tif (job_wait(job))\n\t\treturn 2;\n");

std::string job_wait_unless(const std::string& flag) {
  return function("job_wait", "struct job *job",
                  "\treturn wait_on_bit(&job->bits, 0, (job->flags & " + flag +
                      ") ? TASK_UNINTERRUPTIBLE : TASK_INTERRUPTIBLE);\n");
}
const std::string kJobWait = job_wait_unless("JOB_QUIET");

using JobFiles = std::map<std::string, std::string>;

// What is said of the wait of each of several drivers, by the files in its folder; they write @ for
// its name.
std::vector<std::string> job_verdicts(const std::vector<JobFiles>& drivers, JobFiles files = {}) {
  for (std::size_t i = 0; i < drivers.size(); ++i) {
    const auto driver = fmt::format("v{}", i);
    for (auto [name, text] : drivers[i]) {
      for (auto at = text.find('@'); at != std::string::npos; at = text.find('@'))
        text.replace(at, 1, driver);
      files[fmt::format("drivers/{}/{}", driver, name)] = text;
    }
  }
  SmallTree tree(std::move(files));
  auto verdicts = test::verdicts_of(tree);
  std::vector<std::string> said;
  for (std::size_t i = 0; i < drivers.size(); ++i) {
    const auto chain = fmt::format("v{}_fault > job_wait > wait_on_bit", i);
    said.push_back(verdicts[chain]);
  }
  return said;
}
std::vector<std::string> job_verdicts_of(const std::vector<std::string>& texts) {
  std::vector<JobFiles> drivers;
  drivers.reserve(texts.size());
  for (const auto& text : texts) drivers.push_back({{"main.c", text}});
  return job_verdicts(drivers);
}

const auto kJobKnown = StartsWith("thread: '(job->flags&JOB_QUIET)?");
const auto kJobNotKnown =
    StartsWith("review: whether it sleeps interruptibly depends on '(job->flags&");

const std::string kJobs = kJobFlags + kJob + kJobAlloc + kJobWait;
std::string hush(const std::string& body) {
  return function("hush", "struct job *job", body);
}

TEST(MadeObjects, HaveNoFlagThatOthersSetInTheirOwn) {
  EXPECT_THAT(job_verdicts_of({kJobs + kJobFault, kJobs + kQuietJob + kJobFault,
                               kJobs + hush("\tjob->flags |= JOB_FAST;\n") + kJobFault,
                               kJobs + hush("\tjob->flags &= ~JOB_QUIET;\n") + kJobFault,
                               kJobs +
                                   hush("\tif (job->flags == JOB_QUIET)\n"
                                        "\t\tprintk(\"%x\", job->flags);\n") +
                                   kJobFault}),
              Each(kJobKnown));
}

TEST(MadeObjects, MayHaveWhatTheyAreHandedForSets) {
  std::vector<std::string> drivers;
  for (const char* body :
       {"\tjob->flags |= JOB_QUIET;\n", "\tjob->flags = JOB_FAST | JOB_QUIET;\n",
        "\tjob->flags = lock_of(job);\n", "\tjob->flags++;\n", "\tjob->flags <<= 1;\n",
        "\tWRITE_ONCE(job->flags, 1);\n", "\tset_flags(&job->flags);\n",
        "\tjob_of(job)->flags |= JOB_QUIET;\n", "\tstruct job other = {};\n\n\t*job = other;\n",
        "\tmemcpy(job, spare, sizeof(*job));\n", "\tcopy_from_user(job, user, sizeof(*job));\n"})
    drivers.push_back(kJobs + hush(body) + kJobFault);
  drivers.push_back("#define HUSH(j) ((j)->flags |= JOB_QUIET)\n" + kJobs + kJobFault);
  EXPECT_THAT(job_verdicts_of(drivers), Each(kJobNotKnown));
}

TEST(MadeObjects, MayHaveWhatTheWaySetsItself) {
  EXPECT_THAT(job_verdicts_of({kJobs + fault("@",
                                             "\tstruct job *job = job_alloc(GFP_KERNEL);\n\n"
                                             "\tif (vmf->flags & 4)\n"
                                             "\t\tjob->flags |= JOB_QUIET;\n"
                                             "\tif (job_wait(job))\n\t\treturn 2;\n"),
                               kJobFlags + kJob +
                                   "static struct job *job_alloc(gfp_t gfp)\n{\n"
                                   "\tstruct job *job;\n\n"
                                   "\tjob = kzalloc(sizeof(*job), gfp);\n"
                                   "\tjob->flags = JOB_QUIET;\n\treturn job;\n}\n\n" +
                                   kJobWait + kJobFault}),
              Each(kJobNotKnown));
}

// Two names for one bit: which of them is asked about does not matter.
TEST(MadeObjects, AMaskHasTheBitsOfItsParts) {
  auto asks = [](const std::string& flag) {
    return kJobFlags + kJob + kJobAlloc + job_wait_unless(flag) +
           hush("\tjob->flags |= JOB_FAST;\n") + kJobFault;
  };
  EXPECT_THAT(job_verdicts_of({asks("JOB_ANY"), asks("JOB_SLOW")}),
              ElementsAre(kJobNotKnown, StartsWith("thread: '(job->flags&JOB_SLOW)?")));
}

TEST(MadeObjects, AreThoseThatAreMadeHereAndZeroed) {
  auto made_by = [](const std::string& body) {
    return kJobFlags + kJob + "static struct job *job_alloc(gfp_t gfp)\n{\n" + body + "}\n\n" +
           kJobWait + kJobFault;
  };
  const std::string made = "\tstruct job *job = kzalloc(sizeof(*job), gfp);\n\n";
  EXPECT_THAT(job_verdicts_of({made_by("\tstruct job *job = kmalloc(sizeof(*job), gfp);\n\n"
                                       "\treturn job;\n"),
                               made_by(made + "\tif (spare)\n\t\tjob = spare;\n\treturn job;\n"),
                               made_by(made + "\treturn job ? job : spare;\n"),
                               made_by(made + "\tfind_spare(&job);\n\treturn job;\n"),
                               made_by("\treturn kzalloc(sizeof(struct job), gfp);\n")}),
              Each(kJobNotKnown));
  EXPECT_THAT(job_verdicts_of({made_by(made + "\tif (!job)\n\t\treturn NULL;\n"
                                              "\tmutex_init(&job->lock);\n\treturn job;\n")}),
              Each(kJobKnown));
}

// Who includes a header of include/ is not known: anybody may set the flag.
TEST(MadeObjects, OfAPublicStructNothingIsKnown) {
  const auto rest = kJobAlloc + kJobWait + kJobFault;
  const std::string own = "#include \"job.h\"\n";
  EXPECT_THAT(job_verdicts({{{"main.c", own + rest}, {"job.h", kJobFlags + kJob}},
                            {{"main.c", own + rest},
                             {"job.h", kJobFlags + kJob},
                             {"more.c", own + hush("\tjob->flags |= JOB_QUIET;\n")}}}),
              ElementsAre(kJobKnown, kJobNotKnown));
  EXPECT_THAT(job_verdicts({{{"main.c", "#include <linux/job.h>\n" + rest}}},
                           {{"include/linux/job.h", kJobFlags + kJob}}),
              Each(kJobNotKnown));
}

// --- tables that only the maker puts there ----------------------------------------------------

const std::string kJobStarts =
    function("near_start", "struct job *job", "") +
    function("far_start", "struct job *job", "\treturn mutex_lock_interruptible(&job->lock);\n") +
    "static const struct job_ops near_ops = {\n\t.start = near_start,\n};\n"
    "static const struct job_ops far_ops = {\n\t.start = far_start,\n};\n" +
    function("job_start", "struct job *job", "\treturn job->ops->start(job);\n");
std::string job_starts(const std::string& ops) {
  return "\tstruct job *job = job_alloc(GFP_KERNEL);\n\n\tjob->ops = &" + ops +
         ";\n\tif (job_start(job))\n\t\treturn 2;\n";
}

TEST(MadeObjects, KeepTheTableThatTheirMakerGivesThem) {
  const auto text = kJob + kJobAlloc + kJobStarts + function("far", "void", job_starts("far_ops"));
  const auto verdicts = test::verdicts_of(
      {{"near", text + fault("near", job_starts("near_ops"))},
       {"far", text + fault("far", job_starts("far_ops"))},
       {"turned", text + function("turn", "struct job *job", "\tjob->ops = &far_ops;\n") +
                      fault("turned", job_starts("near_ops"))}});
  EXPECT_THAT(verdicts,
              ElementsAre(Key("far_fault > job_start > far_start > mutex_lock_interruptible"),
                          Key("turned_fault > job_start > far_start > mutex_lock_interruptible")));
}

}  // namespace
}  // namespace killify
