// poll(2) is never restarted, whatever SA_RESTART says; a signal before it does not interrupt it.
// outcome: EINTR => ok
// outcome: ready => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    int p[2];
    pid_t me = getpid();
    pipe(p);
    struct pollfd in = {p[0], POLLIN};
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); write(p[1], "x", 1); _exit(0); }
    puts(poll(&in, 1, -1) == 1 ? "ready" : errno == EINTR ? "EINTR" : "?");
}
