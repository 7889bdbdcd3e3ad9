// SPDX-License-Identifier: GPL-2.0-only
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "target.h"

void give_up(const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	printf("{\"event\":\"failure\",\"text\":\"%s: %s\"}\n", text, strerror(errno));
	fflush(stdout);
	_exit(1);
}

static void request(const struct target *target, unsigned long number, void *argument,
		    const char *what)
{
	if (ioctl(target->control, number, argument) < 0)
		give_up("%s: cannot %s", target->subject, what);
}

static int open_or_give_up(const char *device)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up("%s: cannot open", device);
	return fd;
}

volatile char *target_map(const struct target *target)
{
	void *memory = mmap(NULL, (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED,
			    target->memory, target->offset);

	if (memory == MAP_FAILED)
		give_up("%s: cannot map", target->subject);
	return memory;
}

struct target shape_open(enum killify_sleep sleep, enum killify_result result)
{
	static const char *const results[] = { "NOPAGE", "SIGBUS", "RETRY" };
	struct killify_shape shape = { .sleep = sleep, .result = result };
	struct target target = {
		.subject = "shape",
		.sleep = sleep == KILLIFY_KILLABLE ? "killable" : "interruptible",
		.result = results[result],
		.handler = "shapes_fault",
		.control = open_or_give_up("/dev/killify_shapes"),
	};

	target.memory = target.control;
	request(&target, KILLIFY_SHAPE, &shape, "choose a shape");
	return target;
}

static bool lacks(const char *what, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", what, strerror(errno));
	return false;
}

bool drm_open(const char *device, struct target *target, char *why, size_t size)
{
	static char name[32];
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };
	struct drm_mode_create_dumb create = { .width = 64, .height = 64, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };
	struct killify_object object;
	struct killify_watch watch = { 0 };
	volatile char *memory;

	memset(target, 0, sizeof(*target));
	memset(name, 0, sizeof(name));
	target->subject = name;
	target->sleep = target->result = "";
	target->memory = open(device, O_RDWR | O_CLOEXEC);
	if (target->memory < 0)
		return lacks("cannot open", why, size);
	if (ioctl(target->memory, DRM_IOCTL_VERSION, &version) < 0)
		return lacks("has no name", why, size);
	if (ioctl(target->memory, DRM_IOCTL_MODE_CREATE_DUMB, &create) < 0)
		return lacks("makes no buffer", why, size);
	map.handle = create.handle;
	if (ioctl(target->memory, DRM_IOCTL_MODE_MAP_DUMB, &map) < 0)
		return lacks("maps no buffer", why, size);
	target->offset = (off_t)map.offset;
	target->control = open_or_give_up("/dev/killify_gem");

	object.drm = target->memory;
	object.handle = create.handle;
	request(target, KILLIFY_OBJECT, &object, "find the object");
	memory = target_map(target);
	watch.address = (uintptr_t)memory;
	if (ioctl(target->control, KILLIFY_WATCH, &watch) < 0) {
		lacks("its memory has no fault handler that can be counted", why, size);
		target_close(target);
		return false;
	}
	munmap((void *)memory, (size_t)getpagesize());
	memcpy(target->handler, watch.handler, sizeof(target->handler));
	return true;
}

void target_close(struct target *target)
{
	close(target->control);
	if (target->memory != target->control)
		close(target->memory);
}

void target_hold(const struct target *target, int cpu)
{
	__s32 number = cpu;

	request(target, KILLIFY_HOLD, &number, "hold the lock");
}

void target_release(const struct target *target)
{
	request(target, KILLIFY_RELEASE, NULL, "release the lock");
}

bool target_is_free(const struct target *target)
{
	return ioctl(target->control, KILLIFY_FREE) != 0;
}

void target_move(const struct target *target, int cpu)
{
	__s32 number = cpu;

	request(target, KILLIFY_MOVE, &number, "move the holder");
}

uint64_t target_entries(const struct target *target)
{
	__u64 entries = 0;

	request(target, KILLIFY_ENTRIES, &entries, "read the count");
	return entries;
}
