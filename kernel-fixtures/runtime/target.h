/* SPDX-License-Identifier: GPL-2.0-only */
/* A mapping whose fault handler sleeps on a lock that this program can have held. */
#ifndef KILLIFY_TARGET_H
#define KILLIFY_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol.h"

struct target {
	const char *subject;		/* "shape", or the name of the DRM driver */
	const char *sleep;		/* of a shape: "interruptible" or "killable"; else "" */
	const char *result;		/* of a shape: "NOPAGE", "SIGBUS" or "RETRY"; else "" */
	char handler[KILLIFY_SYMBOL];	/* the function that is counted */
	int control;			/* takes the requests of protocol.h */
	int memory;			/* is mapped, at this offset */
	off_t offset;
};

/* Ends the program with a message where something fails that must not. */
__attribute__((noreturn, format(printf, 1, 2))) void give_up(const char *format, ...);

/* The page of the target, mapped afresh. */
volatile char *target_map(const struct target *target);

struct target shape_open(enum killify_sleep sleep, enum killify_result result);
/* A buffer object of the DRM device; false where the device or its driver offers none, with why. */
bool drm_open(const char *device, struct target *target, char *why, size_t size);
void target_close(struct target *target);

void target_hold(const struct target *target, int cpu);
void target_release(const struct target *target);
bool target_is_free(const struct target *target);
void target_move(const struct target *target, int cpu);
uint64_t target_entries(const struct target *target);

#endif
