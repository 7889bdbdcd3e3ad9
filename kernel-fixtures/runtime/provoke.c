// SPDX-License-Identifier: GPL-2.0-only
/*
 * Provokes page faults on memory whose fault handler has to wait for a lock, sends a signal while
 * it waits, and prints what came of it: a JSON object a line.
 *
 *   provoke SHAPES [DRM-DEVICE]...
 *
 * SHAPES: interruptible, killable, both or none. Needs two processors: on the first one this
 * program watches, on the second one the variant with a real-time priority runs.
 *
 * Nothing here depends on how fast the machine is, but for how long it is patient.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "target.h"

#define SPIN 1000		/* a handler that was entered more often spins */
#define HOLD_MS 1000		/* how long the lock is held at least */
#define SETTLE_MS 50		/* from the handler's entry to its sleep */
#define PATIENCE_MS 20000	/* what has not happened then does not happen */
#define HOPELESS_MS 5000	/* the same, where the handler runs again and again */

enum access { READ_PIPE, READ_ZERO, READ_MEMFD, WRITE_PIPE, STORE };
static const char *const access_names[] = {
	"read-pipe", "read-zero", "read-memfd", "write-pipe", "store",
};

/* One experiment. */
struct trial {
	enum access access;
	int signal;
	bool one_cpu;	/* the task with a real-time priority on the lock holder's processor */
};

/* What the task that faults tells of itself. */
struct report {
	volatile sig_atomic_t handled;	/* how often its signal handler ran */
	volatile bool returned;
	volatile long result;		/* of the system call */
	volatile int error;		/* errno */
	volatile bool intact;		/* the data are where they belong */
};

static struct report *report;

static long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void on_signal(int number)
{
	(void)number;
	report->handled++;
}

static void run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		give_up("cannot run on processor %u", cpu);
}

static bool all_are(const volatile char *memory, char value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (memory[i] != value)
			return false;
	return true;
}

/* A descriptor from which `size` bytes of 'k' can be read. */
static int source(enum access access, size_t size)
{
	char *bytes = malloc(size);
	int ends[2];

	memset(bytes, 'k', size);
	if (access == READ_ZERO)
		return open("/dev/zero", O_RDONLY);
	if (access == READ_MEMFD) {
		int fd = memfd_create("source", 0);

		if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
			give_up("cannot fill a memfd");
		lseek(fd, 0, SEEK_SET);
		return fd;
	}
	if (pipe(ends) < 0 || write(ends[1], bytes, size) != (ssize_t)size)
		give_up("cannot fill a pipe");
	return ends[0];
}

/* What the task does: one access that faults. Its page was never touched before. */
static void access_memory(const struct target *target, enum access access)
{
	const size_t size = (size_t)getpagesize();
	volatile char *memory = target_map(target);
	long result;
	int ends[2];

	if (access == STORE) {
		memory[0] = 's';
		report->result = 1;
		report->intact = memory[0] == 's';
	} else if (access == WRITE_PIPE) {
		char *copy = malloc(size);

		if (pipe(ends) < 0)
			give_up("cannot make a pipe");
		result = write(ends[1], (const void *)memory, size);
		report->error = result < 0 ? errno : 0;
		report->result = result;
		report->intact = result == (long)size &&
				 read(ends[0], copy, size) == (ssize_t)size &&
				 !memcmp(copy, (const void *)memory, size);
	} else {
		int from = source(access, size);

		result = read(from, (void *)memory, size);
		report->error = result < 0 ? errno : 0;
		report->result = result;
		report->intact = result == (long)size &&
				 all_are(memory, access == READ_ZERO ? 0 : 'k', size);
	}
	report->returned = true;
}

static void be_the_task(const struct target *target, const struct trial *trial)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct sched_param priority = { .sched_priority = 50 };

	sigaction(SIGUSR1, &action, NULL);
	if (trial->one_cpu) {
		run_on(1);
		if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0)
			give_up("cannot get a real-time priority");
	}
	access_memory(target, trial->access);
	_exit(0);
}

/* A task under observation. */
struct task {
	pid_t pid;
	bool ended;
	int status;
	struct rusage usage;
};

static bool has_ended(struct task *task)
{
	if (!task->ended && wait4(task->pid, &task->status, WNOHANG, &task->usage) == task->pid)
		task->ended = true;
	return task->ended;
}

/* False where the task does not end, or spins on although nobody means to keep the lock. */
static bool wait_for_end(const struct target *target, struct task *task)
{
	uint64_t before = target_entries(target);

	for (long start = now_ms(); !has_ended(task); sleep_ms(1)) {
		long waited = now_ms() - start;

		if (waited >= PATIENCE_MS)
			return false;
		if (waited >= HOPELESS_MS && target_entries(target) - before > SPIN)
			return false;
	}
	return true;
}

static bool wait_for_entry(const struct target *target, struct task *task)
{
	long start = now_ms();

	while (target_entries(target) == 0 && !has_ended(task) && now_ms() - start < PATIENCE_MS)
		sleep_ms(1);
	return target_entries(target) != 0;
}

/*
 * Keeps the lock until it can be told what the task does: a second, and longer where the handler
 * runs again and again but not yet often enough to call it a spin, or where a killed task that does
 * not spin has not ended.
 */
static void keep_the_lock(const struct target *target, const struct trial *trial,
			  struct task *task)
{
	long start = now_ms();

	for (;;) {
		uint64_t entries = target_entries(target);
		long held = now_ms() - start;

		if (has_ended(task) || held >= PATIENCE_MS)
			return;
		if (held >= HOLD_MS && (entries > SPIN ||
					(entries <= 3 && trial->signal != SIGKILL)))
			return;
		sleep_ms(2);
	}
}

static void print_trial(const struct target *target, const struct trial *trial,
			const struct task *task, uint64_t entries, bool ended_while_held,
			bool handled_while_held, bool never, long held_ms)
{
	const struct timeval *user = &task->usage.ru_utime;
	const struct timeval *system = &task->usage.ru_stime;
	long cpu_ms = (user->tv_sec + system->tv_sec) * 1000 +
		      (user->tv_usec + system->tv_usec) / 1000;

	printf("{\"event\":\"trial\",\"subject\":\"%s\",\"sleep\":\"%s\",\"result\":\"%s\","
	       "\"handler\":\"%s\",\"access\":\"%s\",\"signal\":\"%s\",\"one_cpu\":%s,",
	       target->subject, target->sleep, target->result, target->handler,
	       access_names[trial->access], trial->signal == SIGKILL ? "SIGKILL" : "SIGUSR1",
	       trial->one_cpu ? "true" : "false");
	printf("\"entries\":%llu,\"cpu_ms\":%ld,\"held_ms\":%ld,\"finished\":%s,"
	       "\"ended_while_held\":%s,\"handled_while_held\":%s,\"handled\":%d,",
	       (unsigned long long)entries, cpu_ms, held_ms, never ? "false" : "true",
	       ended_while_held ? "true" : "false", handled_while_held ? "true" : "false",
	       (int)report->handled);
	printf("\"killed_by\":%d,\"returned\":%s,\"value\":%ld,\"errno\":%d,\"intact\":%s}\n",
	       WIFSIGNALED(task->status) ? WTERMSIG(task->status) : 0,
	       report->returned ? "true" : "false", report->result, report->error,
	       report->intact ? "true" : "false");
	fflush(stdout);
}

/* A task that makes the access while the lock is held. */
static struct task start_task(const struct target *target, const struct trial *trial)
{
	struct task task = { 0 };

	memset(report, 0, sizeof(*report));
	target_hold(target, trial->one_cpu ? 1 : KILLIFY_ANY_CPU);
	task.pid = fork();
	if (task.pid < 0)
		give_up("cannot fork");
	if (task.pid == 0)
		be_the_task(target, trial);
	return task;
}

static void carry_out(const struct target *target, const struct trial *trial)
{
	struct task task = start_task(target, trial);
	bool ended_while_held, handled_while_held, never = false;
	long start = now_ms();
	uint64_t entries;

	if (!wait_for_entry(target, &task))
		give_up("%s: the access does not fault", access_names[trial->access]);
	sleep_ms(SETTLE_MS);
	kill(task.pid, trial->signal);
	keep_the_lock(target, trial, &task);
	ended_while_held = has_ended(&task);
	handled_while_held = report->handled > 0;
	target_release(target);
	if (!wait_for_end(target, &task)) {
		never = true;
		target_move(target, 0);	/* the holder gets a processor, and the task the lock */
		if (!wait_for_end(target, &task))
			give_up("%s: the task does not end with the lock free",
				access_names[trial->access]);
	}
	entries = target_entries(target);
	print_trial(target, trial, &task, entries, ended_while_held, handled_while_held, never,
		    now_ms() - start);
	while (!target_is_free(target))
		sleep_ms(1);
}

/* Whether an access comes to the handler at all: some drivers map all pages at once. */
static bool faults(const struct target *target)
{
	static const struct trial probe = { READ_PIPE, SIGKILL, false };
	struct task task = start_task(target, &probe);
	bool entered = wait_for_entry(target, &task);

	kill(task.pid, SIGKILL);
	target_release(target);
	if (!wait_for_end(target, &task))
		give_up("%s: the task does not end with the lock free", access_names[probe.access]);
	while (!target_is_free(target))
		sleep_ms(1);
	return entered;
}

static void examine(struct target *target)
{
	static const struct trial trials[] = {
		{ READ_PIPE, SIGUSR1, false }, { READ_ZERO, SIGUSR1, false },
		{ READ_MEMFD, SIGUSR1, false }, { WRITE_PIPE, SIGUSR1, false },
		{ STORE, SIGUSR1, false },	{ READ_PIPE, SIGKILL, false },
		{ WRITE_PIPE, SIGKILL, false }, { STORE, SIGKILL, false },
		{ READ_PIPE, SIGUSR1, true },
	};

	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		carry_out(target, &trials[i]);
	target_close(target);
}

/* The nine trials on a driver, or why there are none. */
static void examine_driver(const char *device)
{
	struct target target;
	char why[128];
	bool usable = drm_open(device, &target, why, sizeof(why));

	if (usable && !faults(&target)) {
		usable = false;
		snprintf(why, sizeof(why), "an access to its memory does not fault");
		target_close(&target);
	}
	if (usable)
		examine(&target);
	else
		printf("{\"event\":\"unusable\",\"device\":\"%s\",\"driver\":\"%s\",\"why\":\"%s\"}\n",
		       device, target.subject, why);
	fflush(stdout);
}

static void examine_shapes(enum killify_sleep sleep)
{
	for (int result = KILLIFY_NOPAGE; result <= KILLIFY_RETRY; result++) {
		struct target target = shape_open(sleep, result);

		examine(&target);
	}
}

int main(int argc, char **argv)
{
	const char *shapes = argc > 1 ? argv[1] : "both";
	struct utsname names;

	uname(&names);
	printf("{\"event\":\"start\",\"kernel\":\"%s\",\"processors\":%ld}\n", names.release,
	       sysconf(_SC_NPROCESSORS_ONLN));
	fflush(stdout);
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		errno = ENODEV;
		give_up("needs two processors");
	}
	run_on(0);
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (report == MAP_FAILED)
		give_up("no memory");
	if (!strcmp(shapes, "interruptible") || !strcmp(shapes, "both"))
		examine_shapes(KILLIFY_INTERRUPTIBLE);
	if (!strcmp(shapes, "killable") || !strcmp(shapes, "both"))
		examine_shapes(KILLIFY_KILLABLE);
	for (int i = 2; i < argc; i++)
		examine_driver(argv[i]);
	printf("{\"event\":\"end\"}\n");
	fflush(stdout);
	return 0;
}
