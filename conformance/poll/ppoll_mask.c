// ppoll(2) opens the mask only while it waits: the signal cannot be lost.
// outcome: EINTR | h => ok
// source: argument; ppoll(2)
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int handled;
static void on_signal(int signal) { handled = 1; }
int main(void) {
    sigset_t usr1, old;
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, &old);
    signal(SIGUSR1, on_signal);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    if (ppoll(NULL, 0, NULL, &old) < 0 && errno == EINTR) puts("EINTR");
    if (handled) puts("h");
    wait(NULL);
}
