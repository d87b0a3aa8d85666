// A child signals its parent, which says two lines and then waits: the handler speaks before, between or after them.
// outcome: h | 1 | 2 => ok
// outcome: 1 | h | 2 => ok
// outcome: 1 | 2 | h => ok
// source: argument; the child ends after it has signalled, so the signal is handled before the wait ends
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    pid_t me = getpid();
    signal(SIGUSR1, on_signal);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); _exit(0); }
    write(1, "1\n", 2);
    write(1, "2\n", 2);
    waitpid(child, NULL, 0);
}
