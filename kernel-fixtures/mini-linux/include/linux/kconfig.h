/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

#include <generated/autoconf.h>

/* 1 when the option is y or m, else 0. */
#define __COMMA_IF_1 0,
#define __SECOND(ignored, value, ...) value
#define __SECOND_OF(junk) __SECOND(junk 1, 0)
#define __IS_SET(value) __IS_SET_(value)
#define __IS_SET_(value) __SECOND_OF(__COMMA_IF_##value)
#define IS_BUILTIN(option) __IS_SET(option)
#define IS_MODULE(option) __IS_SET(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))

#endif /* _LINUX_KCONFIG_H */
