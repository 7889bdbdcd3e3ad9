/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM yew

#if !defined(_YEW_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _YEW_TRACE_H_

#include <linux/tracepoint.h>

/* The event has the name of a function, and takes no address of it. */
TRACE_EVENT(yew_bo_reserve,
	    TP_PROTO(struct yew_bo *bo),
	    TP_ARGS(bo)
);

#endif

#include <trace/define_trace.h>
