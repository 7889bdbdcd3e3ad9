/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/mutex.h>

/* A variable that lets its lock go where its block ends. */
#define CLASS(name, variable) \
	class_##name##_t variable __attribute__((__cleanup__(class_##name##_destructor))) = \
		class_##name##_constructor

/* A kind of lock, and then the ways to take it that may fail. */
#define DEFINE_GUARD(_name, _type, _lock, _unlock) \
	typedef _type class_##_name##_t; \
	static inline void class_##_name##_destructor(class_##_name##_t *_held) \
	{ \
		_type _T = *_held; \
		if (_T) \
			_unlock; \
	} \
	static inline class_##_name##_t class_##_name##_constructor(_type _T) \
	{ \
		_lock; \
		return _T; \
	}

#define DEFINE_GUARD_COND(_name, _ext, _lock, _cond) \
	typedef class_##_name##_t class_##_name##_ext##_t; \
	static inline void class_##_name##_ext##_destructor(class_##_name##_t *_held) \
	{ \
		class_##_name##_destructor(_held); \
	} \
	static inline class_##_name##_t class_##_name##_ext##_constructor(class_##_name##_t _T) \
	{ \
		int _RET = _lock; \
		return _cond ? _T : NULL; \
	}

/* The second variable makes the body run once. */
#define scoped_guard(name, args...) \
	for (CLASS(name, scope)(args), *done = NULL; scope && !done; done = (void *)1)

#define scoped_cond_guard(name, fail, args...) \
	for (CLASS(name, scope)(args), *done = NULL; !done; done = (void *)1) \
		if (!scope) { \
			fail; \
		} else

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T), _RET)
DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T), _RET == 0)

#endif /* _LINUX_CLEANUP_H */
