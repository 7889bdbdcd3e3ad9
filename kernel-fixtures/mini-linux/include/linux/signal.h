/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SIGNAL_H
#define _LINUX_SIGNAL_H

#include <linux/types.h>

#define SIGKILL 9

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

typedef struct { unsigned long sig[1]; } sigset_t;

struct sigpending {
	sigset_t signal;
};

int sigismember(sigset_t *set, int signal);
void sigfillset(sigset_t *set);
void sigdelset(sigset_t *set, int signal);
void siginitsetinv(sigset_t *set, unsigned long mask);
int sigprocmask(int how, sigset_t *set, sigset_t *oldset);

#define sigmask(signal) (1UL << ((signal) - 1))

#endif /* _LINUX_SIGNAL_H */
