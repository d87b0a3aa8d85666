// A standard signal that is pending already is not counted again.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int count;
static void on_signal(int signal) { count++; }
int main(void) {
    sigset_t usr1, none;
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&none);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    signal(SIGUSR1, on_signal);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); kill(me, SIGUSR1); _exit(0); }
    sigsuspend(&none);
    waitpid(child, NULL, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    printf("%d\n", count);
}
