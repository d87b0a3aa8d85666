// A handler that speaks twice may be interrupted by the handler of another signal, between its two words too.
// outcome: (1 | 1) | (2 | 2) => ok
// outcome: (2 | 2) | (1 | 1) => ok
// outcome: (1 | (2 | 2) | 1) => ok
// outcome: (2 | (1 | 1) | 2) => ok
// source: argument; sigaction(2)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_first(int signal) { write(1, "(1\n", 3); write(1, "1)\n", 3); }
static void on_second(int signal) { write(1, "(2\n", 3); write(1, "2)\n", 3); }
int main(void) {
    pid_t me = getpid();
    signal(SIGUSR1, on_first);
    signal(SIGUSR2, on_second);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    if (fork() == 0) { kill(me, SIGUSR2); _exit(0); }
    while (wait(NULL) > 0 || errno == EINTR) continue;
}
