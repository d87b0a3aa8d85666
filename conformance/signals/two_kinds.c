// Two signals of different kinds from two children: their handlers speak in any order.
// outcome: 1 | 2 => ok
// outcome: 2 | 1 => ok
// source: argument; each handler blocks the other signal
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, signal == SIGUSR1 ? "1\n" : "2\n", 2); }
int main(void) {
    struct sigaction action = {.sa_handler = on_signal};
    pid_t me = getpid();
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    if (fork() == 0) { kill(me, SIGUSR2); _exit(0); }
    while (wait(NULL) > 0 || errno == EINTR) continue;
}
