// A process without children is sent the signal of a child, before it has a handler for that or after it.
// outcome: heard | end => ok
// outcome: end => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void heard(int signal) {
    (void)signal;
    write(1, "heard\n", 6);
}

int main(void) {
    int ends[2];
    char c;
    pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        struct sigaction action = {.sa_handler = heard, .sa_flags = SA_RESTART};
        sigaction(SIGCHLD, &action, NULL);
        close(ends[1]);
        read(ends[0], &c, 1);
        write(1, "end\n", 4);
        _exit(0);
    }
    kill(child, SIGCHLD);
    close(ends[1]);
    wait(NULL);
}
