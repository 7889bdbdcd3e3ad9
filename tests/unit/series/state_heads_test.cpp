#include "series/state_heads.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

StateForm wait_form() {
  return {.function = "fence_wait",
          .file = "drivers/fence.c",
          .renamed = "fence_wait_state",
          .kind = FlagKind::kBool,
          .index = 1,
          .flag = "intr",
          .state = "state",
          .header = "include/fence.h"};
}

const std::vector<std::string> kWaitParameters = {"struct fence *f", "bool intr", "long t"};

TEST(StateHeads, ChangesADefinitionItsDocAndAnExportThatMayGo) {
  const std::string text = R"(#include "fence.h"

/**
 * fence_wait - sleep until it is signalled
 * @f: the fence
 * @intr: if true, any signal
 *        ends the sleep
 * @t: timeout in jiffies
 *
 * See fence_wait().
 */
long fence_wait(struct fence *f, bool intr, long t)
{
	return fence_wait(f, intr, t);
}
EXPORT_SYMBOL_GPL(fence_wait);
)";
  EXPECT_EQ(parameters_in(text, "fence_wait"), kWaitParameters);
  auto heads = with_state_heads(text, "drivers/fence.c", wait_form(), kWaitParameters);
  EXPECT_EQ(heads.objection, "");
  EXPECT_EQ(heads.changed, 1U);
  EXPECT_EQ(heads.text, R"(#include "fence.h"

/**
 * fence_wait_state - sleep until it is signalled
 * @f: the fence
 * @state: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE
 * @t: timeout in jiffies
 *
 * See fence_wait().
 */
long fence_wait_state(struct fence *f, unsigned int state, long t)
{
	return fence_wait(f, intr, t);
}
EXPORT_SYMBOL_GPL(fence_wait_state);
)");
}

StateForm exported_form() {
  auto form = wait_form();
  form.exported = true;
  return form;
}

TEST(StateHeads, AnExportedFunctionStaysBehindItsStateForm) {
  const std::string text = R"(#include <linux/list.h>
#include "fence.h"

/**
 * fence_wait - sleep until it is signalled
 * @f: the fence
 * @intr: if true, any signal ends the sleep
 * @t: timeout in jiffies
 */
long __sched fence_wait(struct fence *f, bool intr,
			long t)
{
	return f->ops->wait(f, intr, t);
}
EXPORT_SYMBOL_NS_GPL(fence_wait, FENCES);

void fence_put(struct fence *f)
{
}
)";
  auto heads = with_state_heads(text, "drivers/fence.c", exported_form(), kWaitParameters);
  EXPECT_EQ(heads.objection, "");
  EXPECT_EQ(heads.text, R"(#include <linux/list.h>
#include <linux/sched.h>
#include "fence.h"

/**
 * fence_wait_state - sleep until it is signalled
 * @f: the fence
 * @state: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE
 * @t: timeout in jiffies
 */
long __sched fence_wait_state(struct fence *f, unsigned int state, long t)
{
	return f->ops->wait(f, intr, t);
}
EXPORT_SYMBOL_NS_GPL(fence_wait_state, FENCES);

/**
 * fence_wait - sleep until it is signalled
 * @f: the fence
 * @intr: if true, any signal ends the sleep
 * @t: timeout in jiffies
 */
long __sched fence_wait(struct fence *f, bool intr,
			long t)
{
	return fence_wait_state(f,
				intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
				t);
}
EXPORT_SYMBOL_NS_GPL(fence_wait, FENCES);

void fence_put(struct fence *f)
{
}
)");
}

TEST(StateHeads, AnExportedFunctionStaysDeclaredBesideItsStateForm) {
  auto form = exported_form();
  EXPECT_EQ(
      with_state_heads("#include <linux/list.h>\n\nlong fence_wait(struct fence *, bool, long);\n"
                       "void fence_put(struct fence *f);\n",
                       "include/fence.h", form, kWaitParameters)
          .text,
      "#include <linux/list.h>\n\nlong fence_wait(struct fence *, bool, long);\n"
      "long fence_wait_state(struct fence *f, unsigned int state, long t);\n"
      "void fence_put(struct fence *f);\n");
  EXPECT_EQ(with_state_heads("/**\n * fence_wait - sleep\n * @intr: if so\n */\n"
                             "long fence_wait(struct fence *f, bool intr, long t) __must_check;\n",
                             "include/fence.h", form, kWaitParameters)
                .text,
            "/**\n * fence_wait - sleep\n * @intr: if so\n */\n"
            "long fence_wait(struct fence *f, bool intr, long t) __must_check;\n\n"
            "/**\n * fence_wait_state - sleep\n"
            " * @state: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE\n */\n"
            "long fence_wait_state(struct fence *f, unsigned int state, long t) __must_check;\n");
}

TEST(StateHeads, AnExportElsewhereInTheFileIsDoubledThere) {
  auto form = exported_form();
  form.kind = FlagKind::kNone;
  EXPECT_EQ(with_state_heads("#ifdef A\nvoid fence_wait(void)\n{\n\tgo();\n}\n#else\n"
                             "void fence_wait(void)\n{\n}\n#endif\nint x;\n"
                             "EXPORT_SYMBOL(fence_wait);\n",
                             "drivers/fence.c", form, {})
                .text,
            "#ifdef A\nvoid fence_wait_state(unsigned int state)\n{\n\tgo();\n}\n\n"
            "void fence_wait(void)\n{\n\tfence_wait_state(TASK_INTERRUPTIBLE);\n}\n\n#else\n"
            "void fence_wait_state(unsigned int state)\n{\n}\n\n"
            "void fence_wait(void)\n{\n\tfence_wait_state(TASK_INTERRUPTIBLE);\n}\n\n#endif\n"
            "int x;\nEXPORT_SYMBOL(fence_wait_state);\nEXPORT_SYMBOL(fence_wait);\n");
}

TEST(StateHeads, FindsKernelDocAboveABlankLine) {
  const auto changed = [](const std::string& comment) {
    return with_state_heads(
               comment + "\n\nlong fence_wait(struct fence *f, bool intr, long t)\n{\n}\n",
               "drivers/fence.c", wait_form(), kWaitParameters)
        .text;
  };
  EXPECT_TRUE(changed("/**\n * fence_wait\n * Sleeps.\n *\n * @intr: if so\n */")
                  .starts_with("/**\n * fence_wait_state\n * Sleeps.\n *\n * @state: TASK_"));
  EXPECT_TRUE(changed("/**\n * DOC: fence_wait() and others\n */")
                  .starts_with("/**\n * DOC: fence_wait() and others\n */\n\nlong"));
  EXPECT_TRUE(changed("/* fence_wait (and others) */")
                  .starts_with("/* fence_wait (and others) */\n\nlong"));
}

TEST(StateHeads, LeavesTheOldNameInTheHeaderAsAnInlineFunction) {
  const std::string text = R"(#include <linux/list.h>

long fence_wait(struct fence *,
		bool, long t);
void fence_put(struct fence *f);
)";
  auto heads = with_state_heads(text, "include/fence.h", wait_form(), kWaitParameters);
  EXPECT_EQ(heads.objection, "");
  EXPECT_EQ(heads.text, R"(#include <linux/list.h>
#include <linux/sched.h>

long fence_wait_state(struct fence *f, unsigned int state, long t);

static inline long fence_wait(struct fence *f, bool intr, long t)
{
	return fence_wait_state(f,
				intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
				t);
}

void fence_put(struct fence *f);
)");
}

TEST(StateHeads, AppendsAParameterAndKeepsOneALine) {
  StateForm form{.function = "pool_take_interruptible",
                 .file = "a.c",
                 .renamed = "pool_take_state",
                 .kind = FlagKind::kNone,
                 .state = "state",
                 .is_static = true};
  const std::string text = R"(static int pool_take_interruptible(struct pool *pool,
				   int n)
{
	return 0;
}

static int user(void)
{
	return pool_take_interruptible(NULL, 1);
}
)";
  auto heads = with_state_heads(text, "a.c", form, {"struct pool *pool", "int n"});
  EXPECT_EQ(heads.text, R"(static int pool_take_state(struct pool *pool,
			   int n,
			   unsigned int state)
{
	return 0;
}

static inline int pool_take_interruptible(struct pool *pool, int n)
{
	return pool_take_state(pool, n, TASK_INTERRUPTIBLE);
}

static int user(void)
{
	return pool_take_interruptible(NULL, 1);
}
)");
}

TEST(StateHeads, ChangesEachBranchOfAnIfAndAFunctionWithoutParameters) {
  StateForm form{.function = "idle",
                 .file = "a.c",
                 .renamed = "idle_state",
                 .kind = FlagKind::kNone,
                 .state = "state",
                 .header = "a.h"};
  auto heads = with_state_heads(
      "#ifdef CONFIG_A\nint idle(void);\n#else\nstatic inline int "
      "idle(void) { return 0; }\n#endif\n",
      "a.h", form, {});
  EXPECT_EQ(heads.changed, 2U);
  EXPECT_EQ(heads.text,
            "#ifdef CONFIG_A\nint idle_state(unsigned int state);\n\nstatic inline int "
            "idle(void)\n{\n\treturn idle_state(TASK_INTERRUPTIBLE);\n}\n\n#else\nstatic inline "
            "int idle_state(unsigned int state) { return 0; }\n\nstatic inline int "
            "idle(void)\n{\n\treturn idle_state(TASK_INTERRUPTIBLE);\n}\n\n#endif\n");
}

TEST(StateHeads, PutsTheOldNameBehindTheBitThatItNames) {
  StateForm form{.function = "request_wait",
                 .file = "a.c",
                 .renamed = "request_wait_state",
                 .kind = FlagKind::kBit,
                 .index = 0,
                 .flag = "flags",
                 .bit = "WAIT_INTR",
                 .state = "state",
                 .header = "a.h"};
  auto heads = with_state_heads(
      "int request_wait(unsigned flags);\n#define WAIT_INTR\tBIT(0)\n#define WAIT_ALL\tBIT(1)\nint "
      "x;\n",
      "a.h", form, {"unsigned int flags"});
  EXPECT_EQ(
      heads.text,
      "int request_wait_state(unsigned int flags, unsigned int state);\n#define WAIT_INTR\tBIT(0)\n"
      "#define WAIT_ALL\tBIT(1)\n\nstatic inline int request_wait(unsigned int flags)\n{\n"
      "\treturn request_wait_state(flags,\n"
      "\t\t\t\t  flags & WAIT_INTR ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);\n}\n\n"
      "int x;\n");
}

TEST(StateHeads, RefusesWhatItCannotKeep) {
  auto commented =
      with_state_heads("int fence_wait(struct fence *f, /* any? */ bool intr, long t);",
                       "include/fence.h", wait_form(), kWaitParameters);
  EXPECT_EQ(commented.objection, "a comment among the parameters of fence_wait()");
  auto other = with_state_heads("int fence_wait(struct fence *f);", "include/fence.h", wait_form(),
                                kWaitParameters);
  EXPECT_EQ(other.objection,
            "a declaration of fence_wait() has other parameters than its definition");
  auto values = with_state_heads(
      "/**\n * fence_wait - sleep\n * @intr: how\n *\n * Without @intr set it does not end.\n */\n"
      "long fence_wait(struct fence *f, bool intr, long t)\n{\n}\n",
      "fence.c", wait_form(), kWaitParameters);
  EXPECT_EQ(values.objection, "the kernel-doc of fence_wait() speaks of the values of @intr");
}

TEST(StateHeads, SentencesOfTheDocAreAboutTheState) {
  auto heads = with_state_heads(
      "/**\n * fence_wait - sleep\n * @intr: how\n *\n * Return: -EINTR if @intr==true.\n */\n"
      "long fence_wait(struct fence *f, bool intr, long t)\n{\n}\n",
      "fence.c", wait_form(), kWaitParameters);
  EXPECT_EQ(heads.objection, "");
  EXPECT_NE(heads.text.find(" * Return: -EINTR if @state != TASK_UNINTERRUPTIBLE.\n"),
            std::string::npos)
      << heads.text;
}

TEST(StateHeads, ChangesAFieldThatIsCalledThroughAndOneThatIsAFlag) {
  const std::string text = R"(struct other_ops {
	long (*wait)(struct fence *f, bool intr, long t);
};
struct fence_ops {
	bool intr;
	long (*wait)(struct fence *f,
		     bool intr, long t);
};
)";
  auto field = with_state_parameter_of_field(text, "fence_ops", "wait", 1);
  EXPECT_EQ(field.changed, 1U);
  EXPECT_NE(field.text.find("long (*wait)(struct fence *f,\n\t\t     unsigned int state, long t);"),
            std::string::npos);
  EXPECT_NE(field.text.find("struct other_ops {\n\tlong (*wait)(struct fence *f, bool intr"),
            std::string::npos);
  auto flag = with_state_field(text, "fence_ops", "intr", "state");
  EXPECT_NE(flag.text.find("struct fence_ops {\n\tunsigned int state;"), std::string::npos);
  EXPECT_EQ(with_state_field(text, "other_ops", "intr", "state").objection,
            "no 'bool intr;' in struct other_ops");
}

TEST(StateHeads, AFieldsDocIsThatOfTheState) {
  const std::string above =
      "/**\n * struct ctx - how to sleep\n *\n * @intr: Any signal may\n *        end it.\n"
      " * @no_wait: Do not sleep.\n */\n";
  const std::string body = "struct ctx {\n\tbool intr;\n\tbool no_wait;\n};\n";
  EXPECT_EQ(with_state_field(above + body, "ctx", "intr", "state").text,
            "/**\n * struct ctx - how to sleep\n *\n"
            " * @state: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE\n"
            " * @no_wait: Do not sleep.\n */\n"
            "struct ctx {\n\tunsigned int state;\n\tbool no_wait;\n};\n");
  // Not that of another struct.
  EXPECT_EQ(with_state_field(above + "struct other;\n" + body, "ctx", "intr", "state").text,
            above + "struct other;\nstruct ctx {\n\tunsigned int state;\n\tbool no_wait;\n};\n");
  EXPECT_EQ(with_state_field("/** what it is */\nstruct ctx {\n\t/** @intr: if so */\n"
                             "\tbool intr;\n};\n",
                             "ctx", "intr", "state")
                .text,
            "/** what it is */\nstruct ctx {\n"
            "\t/** @state: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE */\n"
            "\tunsigned int state;\n};\n");
}

}  // namespace
}  // namespace killify
