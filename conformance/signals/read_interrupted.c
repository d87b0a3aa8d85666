// A handler without SA_RESTART interrupts a read from an empty pipe; if it came before the read, or the byte is there already, it does not.
// outcome: got => ok
// outcome: EINTR => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_signal};
    int p[2];
    char x;
    pid_t me = getpid();
    pipe(p);
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); write(p[1], "x", 1); _exit(0); }
    puts(read(p[0], &x, 1) == 1 ? "got" : errno == EINTR ? "EINTR" : "?");
}
