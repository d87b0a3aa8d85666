// A handler cleans up and then sends itself the same signal without a handler: the process is ended by it.
// outcome: clean => killed by SIGTERM
// source: sigaction(2)
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

static void on_signal(int number) {
    write(1, "clean\n", 6);
    signal(number, SIG_DFL);
    raise(number);
}
int main(void) {
    pid_t me = getpid();
    signal(SIGTERM, on_signal);
    if (fork() == 0) { kill(me, SIGTERM); _exit(0); }
    for (;;) pause();
}
