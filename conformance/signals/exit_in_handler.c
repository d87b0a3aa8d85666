// A handler ends the process: main has said its line, or not.
// outcome: m => exit 3
// outcome: (nothing) => exit 3
// source: argument; the parent would wait for ever
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

static void on_signal(int signal) { _exit(3); }
int main(void) {
    pid_t me = getpid();
    signal(SIGUSR1, on_signal);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    write(1, "m\n", 2);
    for (;;) pause();
}
