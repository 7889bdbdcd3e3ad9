/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_WAIT_BIT_H
#define _LINUX_WAIT_BIT_H

#include <linux/bitops.h>
#include <linux/wait.h>

int out_of_line_wait_on_bit(void *word, int bit, unsigned int mode);
int out_of_line_wait_on_bit_lock(void *word, int bit, unsigned int mode);
void wake_up_bit(void *word, int bit);
void clear_and_wake_up_bit(int bit, void *word);

static inline int wait_on_bit(unsigned long *word, int bit, unsigned int mode)
{
	might_sleep();
	return test_bit_acquire(bit, word) ? out_of_line_wait_on_bit(word, bit, mode) : 0;
}

static inline int wait_on_bit_lock(unsigned long *word, int bit, unsigned int mode)
{
	might_sleep();
	return test_and_set_bit(bit, word) ? out_of_line_wait_on_bit_lock(word, bit, mode) : 0;
}

#endif /* _LINUX_WAIT_BIT_H */
