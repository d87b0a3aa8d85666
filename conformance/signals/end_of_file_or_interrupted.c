// A parent reads until a child has closed its end, while another sends it a signal, whose handler does not restart calls.
// outcome: EINTR => ok
// outcome: end => ok
// source: signal(7), pipe(7): only a read that has begun is interrupted, and none that finds the end
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int signal) {
    (void)signal;
}

int main(void) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    int ends[2];
    pipe(ends);
    pid_t parent = getpid();
    if (fork() == 0) _exit(0);
    if (fork() == 0) {
        kill(parent, SIGUSR1);
        _exit(0);
    }
    close(ends[1]);
    char byte;
    puts(read(ends[0], &byte, 1) < 0 ? "EINTR" : "end");
    while (wait(NULL) > 0) continue;
}
