// The kernel writes the number of a new process for itself (CLONE_CHILD_SETTID) only once that runs: its parent may look before.
// outcome: not yet => ok
// outcome: told => ok
// source: argument; clone(2)
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What clone3(2) is given, as far as this needs it. */
struct arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

int main(void) {
    volatile pid_t *number = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct arguments arguments = {
        .flags = CLONE_CHILD_SETTID, .child_tid = (uint64_t)number, .exit_signal = SIGCHLD};
    if (syscall(SYS_clone3, &arguments, sizeof arguments) == 0)
        _exit(0);
    if (*number == 0)
        write(1, "not yet\n", 8);
    else
        write(1, "told\n", 5);
    wait(NULL);
}
