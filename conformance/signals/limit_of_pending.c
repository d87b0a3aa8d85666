// There is room for one signal that waits, and two processes each send one: the second is refused.
// outcome: b is refused => ok
// outcome: c is refused => ok
// source: argument; getrlimit(2), sigqueue(3)
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct rlimit one = {1, 1};
    setrlimit(RLIMIT_SIGPENDING, &one);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t parent = getpid();
    for (char name = 'b'; name <= 'c'; name++)
        if (fork() == 0) {
            union sigval nothing = {0};
            if (sigqueue(parent, SIGRTMIN, nothing) < 0)
                dprintf(1, "%c is refused\n", name);
            _exit(0);
        }
    wait(NULL);
    wait(NULL);
}
