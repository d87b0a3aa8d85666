// The signal is blocked while the first line is written: its handler speaks only afterwards.
// outcome: 1 | h | 2 => ok
// outcome: 1 | 2 | h => ok
// source: argument; sigprocmask(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    sigset_t usr1;
    pid_t me = getpid();
    signal(SIGUSR1, on_signal);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); _exit(0); }
    write(1, "1\n", 2);
    sigprocmask(SIG_UNBLOCK, &usr1, NULL);
    write(1, "2\n", 2);
    waitpid(child, NULL, 0);
}
