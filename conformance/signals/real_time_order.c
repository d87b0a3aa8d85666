// Pending real-time signals come lowest number first, and those of one number with their values in the order they were sent.
// outcome: 1 2 3 => ok
// source: signal(7), sigqueue(3)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int order[3], count;
static void on_signal(int signal, siginfo_t *info, void *context) { order[count++] = info->si_value.sival_int; }
int main(void) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigset_t all, old;
    pid_t me = getpid();
    sigfillset(&action.sa_mask);
    sigaction(SIGRTMIN, &action, NULL);
    sigaction(SIGRTMIN + 1, &action, NULL);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    if (fork() == 0) {
        sigqueue(me, SIGRTMIN + 1, (union sigval){3});
        sigqueue(me, SIGRTMIN, (union sigval){1});
        sigqueue(me, SIGRTMIN, (union sigval){2});
        _exit(0);
    }
    wait(NULL);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("%d %d %d\n", order[0], order[1], order[2]);
}
