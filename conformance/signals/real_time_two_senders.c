// Two children queue a real-time signal each: the values come in the order in which they were sent.
// outcome: 1 2 => ok
// outcome: 2 1 => ok
// source: argument; signal(7), sigqueue(3)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    siginfo_t first, second;
    pid_t me = getpid(), a, b;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if ((a = fork()) == 0) { sigqueue(me, SIGRTMIN, (union sigval){1}); _exit(0); }
    if ((b = fork()) == 0) { sigqueue(me, SIGRTMIN, (union sigval){2}); _exit(0); }
    waitpid(a, NULL, 0);
    waitpid(b, NULL, 0);
    sigwaitinfo(&set, &first);
    sigwaitinfo(&set, &second);
    printf("%d %d\n", first.si_value.sival_int, second.si_value.sival_int);
}
