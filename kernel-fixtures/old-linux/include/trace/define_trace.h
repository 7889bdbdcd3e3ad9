/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_EVENT
#define TRACE_EVENT(_name, proto, args)					\
	static const char __tpstrtab_##_name[] = #_name;		\
	struct tracepoint __tracepoint_##_name = { .name = __tpstrtab_##_name }
