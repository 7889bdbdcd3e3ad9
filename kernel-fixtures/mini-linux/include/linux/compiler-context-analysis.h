/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_COMPILER_CONTEXT_ANALYSIS_H
#define _LINUX_COMPILER_CONTEXT_ANALYSIS_H

#if defined(WARN_CONTEXT_ANALYSIS)
#define __requires_ctx_lock(...) __attribute__((requires_capability(__VA_ARGS__)))
#define __try_acquires_ctx_lock(ret, x) __attribute__((try_acquire_capability(ret, x)))
#else
#define __requires_ctx_lock(...)
#define __try_acquires_ctx_lock(ret, x)
#endif

#define __must_hold(...) __requires_ctx_lock(__VA_ARGS__)
#define __cond_acquires_impl_true(x, ...) __try_acquires##__VA_ARGS__##_ctx_lock(1, x)
#define __cond_acquires_impl_0(x, ...) __try_acquires##__VA_ARGS__##_ctx_lock(0, x)
#define __cond_acquires(ret, x) __cond_acquires_impl_##ret(x)

#endif /* _LINUX_COMPILER_CONTEXT_ANALYSIS_H */
