// A handler without SA_RESTART takes nothing from a write that has room.
// outcome: h | A | B => ok
// outcome: A | h | B => ok
// source: argument
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    struct sigaction action = {.sa_handler = on_signal};
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { signal(SIGUSR1, SIG_DFL); kill(me, SIGUSR1); _exit(0); }
    puts("A");
    while (wait(NULL) < 0 && errno == EINTR) continue;
    puts("B");
}
