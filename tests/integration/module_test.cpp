// A driver that lives outside of the kernel is looked at together with it, and changed alone.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kQuay = R"(#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/oak.h>
#include "../include/quay.h"

static vm_fault_t quay_fault(struct vm_fault *vmf)
{
	struct quay *quay = vmf->vma->vm_private_data;

	if (quay_lock(quay))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&quay->lock);
	return vmf_insert_pfn(vmf->vma, vmf->address, quay->pfn);
}

static vm_fault_t quay_oak_fault(struct vm_fault *vmf)
{
	struct oak_object *obj = vmf->vma->vm_private_data;

	if (oak_reserve(obj))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&obj->lock);
	return VM_FAULT_NOPAGE;
}

const struct vm_operations_struct quay_vm_ops = {
	.fault = quay_fault,
};

const struct vm_operations_struct quay_oak_vm_ops = {
	.fault = quay_oak_fault,
};
)";
const std::string kQuayLock = R"(#include <linux/mutex.h>
#include "../include/quay.h"

int quay_lock(struct quay *quay)
{
	return mutex_lock_interruptible(&quay->lock);
}
)";
const std::string kQuayHeader = R"(struct quay {
	struct mutex lock;
	unsigned long pfn;
};
int quay_lock(struct quay *quay);
)";

class OutOfTree : public ::testing::Test, protected MiniTree {
 protected:
  OutOfTree() {
    share_answers();
    write_text(module() / "kernel/quay.c", kQuay);
    write_text(module() / "kernel/lock.c", kQuayLock);
    write_text(module() / "kernel/Makefile", "obj-m := q.o\nq-y := quay.o lock.o\n");
    write_text(module() / "include/quay.h", kQuayHeader);
    write_text(module() / "lib/quay.c", "int quay_open(void) { return 0; }\n");
  }

  [[nodiscard]] fs::path module() const { return path() / "quay"; }

  void keep() const {
    (void)git({"init", "--quiet", "."}, module());
    (void)git({"config", "user.name", "A. Tester"}, module());
    (void)git({"config", "user.email", "tester@example.org"}, module());
    (void)git({"add", "."}, module());
    (void)git({"commit", "--quiet", "-m", "All"}, module());
  }

  [[nodiscard]] Completed look(const std::string& command, const Words& more = {}) const {
    Words arguments{"--progress=none", command, "--module", module().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return killify(arguments);
  }

  // "VERDICT HANDLER > FUNCTION" of each finding.
  [[nodiscard]] std::vector<std::string> findings(const Words& more = {}) const {
    Words arguments{"--format=json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Completed done = look("audit", arguments);
    EXPECT_TRUE(done.ok()) << done.err;
    std::vector<std::string> texts;
    const auto audit = parsed(done.out);
    for (const auto& finding : audit.at("findings"))
      texts.push_back(finding.at("verdict").get<std::string>() + " " +
                      finding.at("handler").at("function").get<std::string>() + " > " +
                      finding.at("sink").at("file").get<std::string>());
    return texts;
  }
};

TEST_F(OutOfTree, ItsHandlersAreAuditedAndNoOthers) {
  keep();
  const auto both = ElementsAre("convert quay_fault > module/quay/kernel/lock.c",
                                "convert quay_oak_fault > drivers/gpu/drm/oak/oak_gem.c");
  EXPECT_THAT(findings(), both);
  EXPECT_THAT(findings({"kernel"}), both) << "below its repository";
  const Completed done = look("explain", {"quay_fault"});
  EXPECT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("module/quay/kernel/quay.c:10"), HasSubstr("if (quay_lock(quay))")));
}

TEST_F(OutOfTree, ADirectoryIsEnough) {
  EXPECT_THAT(findings(), ElementsAre("convert quay_fault > module/quay/kernel/lock.c",
                                      "convert quay_oak_fault > drivers/gpu/drm/oak/oak_gem.c"));
}

TEST_F(OutOfTree, WhatChangesIsItsOwnAndFitsItsRepository) {
  keep();
  const RepositoryState before = state();
  const Completed done = look("diff");
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("+\treturn mutex_lock_killable(&quay->lock);"),
                              Not(HasSubstr("oak_gem.c"))));
  (void)git({"apply", "--index"}, module(), done.out);
  EXPECT_EQ(git({"diff", "--cached"}, module()), done.out);
  EXPECT_EQ(state(), before) << "the kernel";
  const Completed plan = look("plan");
  EXPECT_THAT(plan.out,
              AllOf(HasSubstr("module/quay/kernel/lock.c:6: mutex_lock_interruptible()"),
                    HasSubstr("oak_reserve() is the kernel's, which a module cannot change")));
}

// Its series goes to its own repository, and nothing of the kernel's is touched.
TEST_F(OutOfTree, ItsSeriesIsOfItsOwnRepository) {
  keep();
  const RepositoryState before = state();
  const Completed done = look("generate", {"-o", out().string()});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_EQ(state(), before) << "the kernel";
  EXPECT_THAT(done.out, HasSubstr("verify --module " + module().string() + " " + out().string()));
  const auto manifest = parsed(text_of(out() / "manifest.json"));
  EXPECT_EQ(JsonSchema("manifest").mismatch(manifest), "");
  EXPECT_EQ(manifest.at("tree").at("module"), "quay");
  const std::string branch = manifest.at("branch");
  EXPECT_EQ(manifest.at("tree").at("commit").get<std::string>() + "\n",
            git({"rev-parse", branch + "~1"}, module()));
  EXPECT_EQ(git({"diff", "--name-only", "HEAD", branch}, module()),
            "kernel/lock.c\nkernel/quay.c\n");
  EXPECT_EQ(git({"status", "--porcelain"}, module()), "");
  EXPECT_THAT(git({"log", "-1", "--format=%s", branch}, module()),
              StartsWith("quay: Let only fatal signals"));
  std::string mails;
  for (const auto& file : fs::directory_iterator(out())) {
    if (file.path().extension() == ".patch") mails += text_of(file.path());
    EXPECT_THAT(text_of(file.path()), Not(HasSubstr("module/quay/"))) << file.path();
  }
  EXPECT_THAT(
      mails, AllOf(HasSubstr("killify generate --module=quay -o DIR\n"), Not(HasSubstr("\nTo: "))));
  EXPECT_THAT(text_of(out() / "left-alone.txt"),
              AllOf(HasSubstr("Of quay, commit "), HasSubstr("oak_reserve() is the kernel's")));
  // The mails are what the repository takes.
  const Completed again = look("generate", {"-o", (path() / "again").string()});
  EXPECT_TRUE(again.ok()) << again.err;
  (void)git({"am", "--quiet", out() / manifest.at("commits").at(0).at("patch").get<std::string>()},
            module());
}

TEST_F(OutOfTree, ItsCommitsAreBuiltAgainstTheKernel) {
  keep();
  ASSERT_TRUE(look("generate", {"-o", out().string()}).ok());
  const auto built = [&](const std::string& what) {
    const Completed done = look("verify", {what, "--config=x86_64-allmod", "--format=json"});
    EXPECT_THAT(done.err, IsEmpty());
    return parsed(done.out).at("commits").at(0);
  };
  const auto good = built(out().string());
  EXPECT_EQ(good.at("verdict"), "good") << good;
  EXPECT_EQ(good.at("oid").get<std::string>() + "\n",
            git({"rev-parse", "killify/killable-fault-handlers/v1"}, module()));
  const auto& objects = good.at("builds").at(0).at("objects");
  ASSERT_EQ(objects.size(), 2U) << good;
  for (const auto& object : objects) EXPECT_EQ(object.at("status"), "built") << object;
  EXPECT_EQ(objects.at(1).at("path"), "module/quay/kernel/quay.o");

  const Completed lost = killify({"--progress=none", "verify", out().string()});
  EXPECT_THAT(lost.err, HasSubstr("is a series of quay; say where that is with --module DIR"));

  write_text(module() / "kernel/lock.c", kQuayLock + "int lost(void)\n{\n\treturn gone;\n}\n");
  (void)git({"commit", "-qam", "quay: Break it"}, module());
  const auto bad = built("HEAD~1..HEAD");
  EXPECT_EQ(bad.at("verdict"), "failed") << bad;
  const auto& error = bad.at("builds").at(0).at("objects").at(0).at("error");
  EXPECT_EQ(error.at("file"), "module/quay/kernel/lock.c");
  EXPECT_EQ(error.at("line"), 10);
}

// A driver that builds with several kernels has a head for each.
TEST_F(OutOfTree, AHeadInBranchesKeepsThemAll) {
  const std::string head =
      "#include <linux/mm.h>\n#include <linux/mutex.h>\n\n"
      "static DEFINE_MUTEX(jetty_lock);\n\n"
      "#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 17, 0)\n"
      "static vm_fault_t jetty_fault(struct vm_fault *vmf)\n{\n"
      "\tstruct vm_area_struct *vma = vmf->vma;\n#else /* old */\n"
      "static int jetty_fault(struct vm_area_struct *vma, struct vm_fault *vmf)\n{\n#endif\n"
      "\tint ret;\n\n";
  const std::string body =
      "\tif (ret)\n\t\treturn VM_FAULT_NOPAGE;\n\tmutex_unlock(&jetty_lock);\n"
      "\treturn vmf_insert_pfn(vma, 0, 0);\n}\n\n"
      "const struct vm_operations_struct jetty_vm_ops = {\n\t.fault = jetty_fault,\n};\n";
  write_text(module() / "kernel/jetty.c",
             head + "\tret = mutex_lock_interruptible(&jetty_lock);\n" + body);
  keep();
  const Completed done = look("diff");
  ASSERT_TRUE(done.ok()) << done.err;
  (void)git({"apply", "--index"}, module(), done.out);
  std::string changed = body;
  changed.replace(changed.find("NOPAGE"), 6, "SIGBUS");
  EXPECT_EQ(text_of(module() / "kernel/jetty.c"),
            head + "\tret = mutex_lock_killable(&jetty_lock);\n" + changed);
}

// A macro of the driver's own header writes the handler that is bound.
TEST_F(OutOfTree, AHandlerThatAMacroWritesIsFollowed) {
  write_text(
      module() / "include/wrap.h",
      "#define JETTY_WRAPPER(name) \\\nstatic vm_fault_t name##_wrapper(struct vm_fault *vmf) "
      "\\\n{ \\\n\treturn name(vmf->vma, vmf); \\\n}\n");
  const std::string text =
      "#include <linux/mm.h>\n#include <linux/mutex.h>\n#include \"../include/wrap.h\"\n\n"
      "static DEFINE_MUTEX(jetty_lock);\n\n"
      "static vm_fault_t jetty_fault(struct vm_area_struct *vma, struct vm_fault *vmf)\n{\n"
      "\tif (mutex_lock_interruptible(&jetty_lock))\n\t\treturn VM_FAULT_NOPAGE;\n"
      "\tmutex_unlock(&jetty_lock);\n\treturn vmf_insert_pfn(vma, 0, 0);\n}\n\n"
      "JETTY_WRAPPER(jetty_fault)\n\n"
      "const struct vm_operations_struct jetty_vm_ops = {\n\t.fault = jetty_fault_wrapper,\n};\n";
  write_text(module() / "kernel/jetty.c", text);
  keep();
  const Completed done = look("diff");
  ASSERT_TRUE(done.ok()) << done.err;
  (void)git({"apply", "--index"}, module(), done.out);
  std::string changed = text;
  changed.replace(changed.find("interruptible"), 13, "killable");
  changed.replace(changed.find("NOPAGE"), 6, "SIGBUS");
  EXPECT_EQ(text_of(module() / "kernel/jetty.c"), changed);
}

TEST_F(OutOfTree, WhatIsNotCommittedIsTold) {
  keep();
  write_text(module() / "kernel/lock.c", "int other;\n");
  const Completed done = killify({"--progress=plain", "audit", "--module", module().string()});
  EXPECT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("note: the work tree of " + module().string()),
                              HasSubstr("(kernel/lock.c); HEAD is looked at")));
  EXPECT_THAT(done.out, HasSubstr("mutex_lock_interruptible"));
}

TEST_F(OutOfTree, WhatCannotBeOneIsAnError) {
  const auto fails = [&](const Words& arguments, const std::string& why) {
    Words all{"--progress=none"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Completed done = killify(all);
    EXPECT_EQ(done.exit_code, 2);
    EXPECT_THAT(done.err, HasSubstr(why));
  };
  const std::string here = module().string();
  fails({"audit", "--module", here + "/none"},
        "none: no such directory; name the module's sources");
  fails({"audit", "--module", here + "/include"}, "include: no C source there");
  fails({"audit", "--module", here, "--module", here}, "another module has that name");
  fails({"audit", "--module", (tree() / "drivers/misc/argon").string()},
        "argon: is in the kernel's own tree; name it as PATH");
  fails({"audit", "--module", here, "nowhere"}, "nowhere: no such file or directory");
  fails({"diff", "--module", here, "--strategy=scope"}, "scope changes the kernel");
  fails({"generate", "--module", here, "-o", out().string()},
        "is in no git repository, and the commits go to its own");
  fails({"verify", "--module", here, "HEAD~1..HEAD"}, "is in no git repository");
  fails({"verify", "--rev", "HEAD", "HEAD~1..HEAD"}, "--rev requires --module");
  keep();
  fails({"verify", "--module", here, "--config=auto", "HEAD~1..HEAD"}, "HEAD~1");
}

}  // namespace
}  // namespace killify::test
