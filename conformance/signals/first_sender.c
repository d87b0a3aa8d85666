// Two children send one signal, which is blocked: it tells who was first.
// outcome: a => ok
// outcome: b => ok
// source: argument; signal(7), sigaction(2), si_pid
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    siginfo_t info;
    pid_t me = getpid(), a, b;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if ((a = fork()) == 0) { kill(me, SIGUSR1); _exit(0); }
    if ((b = fork()) == 0) { kill(me, SIGUSR1); _exit(0); }
    waitpid(a, NULL, 0);
    waitpid(b, NULL, 0);
    sigwaitinfo(&set, &info);
    puts(info.si_pid == a ? "a" : info.si_pid == b ? "b" : "?");
}
