// ppoll(2) of nothing, with no time, but with another mask: a signal that is pending by then comes.
// outcome: EINTR, handled => ok
// outcome: nothing => ok
// source: argument; ppoll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t handled;
static void handle(int signal) { handled = 1; }

int main(void) {
    struct sigaction action = {.sa_handler = handle};
    sigset_t blocked, none;
    struct timespec no_time = {0, 0};
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { kill(getppid(), SIGUSR1); _exit(0); }
    int result = ppoll(NULL, 0, &no_time, &none);
    printf("%s%s\n", result < 0 ? "EINTR" : "nothing", handled ? ", handled" : "");
    while (wait(NULL) > 0);
}
