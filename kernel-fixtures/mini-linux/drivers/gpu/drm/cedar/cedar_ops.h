/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CEDAR_OPS_H
#define CEDAR_OPS_H

#include <linux/mm.h>

#define DEFINE_CEDAR_VM_OPS(name, handler) \
	static const struct vm_operations_struct name = { \
		.fault = handler, \
	}

#endif /* CEDAR_OPS_H */
