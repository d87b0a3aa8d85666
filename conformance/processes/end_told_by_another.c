// A child whose end is told by a signal that its parent does not expect: that may die of it, before or after its word, or end first.
// outcome: (nothing) => killed by SIGUSR1
// outcome: p => killed by SIGUSR1
// outcome: p => ok
// source: argument; clone(2), "The child termination signal"
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    struct clone_args how = {.exit_signal = SIGUSR1};
    if (syscall(SYS_clone3, &how, sizeof how) == 0) _exit(3);
    write(1, "p\n", 2);
}
