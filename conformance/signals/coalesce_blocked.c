// Three signals while they are blocked: one is handled.
// outcome: 1 => ok
// source: signal(7): standard signals do not queue
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int count;
static void on_signal(int signal) { count++; }
int main(void) {
    sigset_t usr1;
    pid_t me = getpid();
    signal(SIGUSR1, on_signal);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    if (fork() == 0) { for (int i = 0; i < 3; i++) kill(me, SIGUSR1); _exit(0); }
    wait(NULL);
    sigprocmask(SIG_UNBLOCK, &usr1, NULL);
    printf("%d\n", count);
}
