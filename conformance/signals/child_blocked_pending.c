// While it is blocked, the signal of a child that has ended is pending, though nobody handles it.
// outcome: pending => ok
// outcome: not yet => ok
// source: argument; sigpending(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (fork() == 0)
        _exit(0);
    sigpending(&set);
    wait(NULL);
    if (sigismember(&set, SIGCHLD))
        write(1, "pending\n", 8);
    else
        write(1, "not yet\n", 8);
}
