// A handler without SA_RESTART interrupts a wait for a child that lives on until it is told to end.
// outcome: EINTR | reaped => ok
// outcome: (nothing) => deadlock
// source: argument: a signal that comes before the wait does not interrupt it
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_signal};
    int p[2];
    char x;
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = fork();
    if (child == 0) { close(p[1]); kill(me, SIGUSR1); read(p[0], &x, 1); _exit(0); }
    if (waitpid(child, NULL, 0) < 0 && errno == EINTR) puts("EINTR");
    close(p[1]);
    waitpid(child, NULL, 0);
    puts("reaped");
}
