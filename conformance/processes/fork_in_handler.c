// The second child is made by the first's handler of its end: one order.
// outcome: first | second | end => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int ended;
static void on_child(int signal) {
    while (waitpid(-1, NULL, WNOHANG) > 0)
        if (++ended == 1 && fork() == 0) { write(1, "second\n", 7); _exit(0); }
}
int main(void) {
    sigset_t chld, old;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &old);
    signal(SIGCHLD, on_child);
    if (fork() == 0) { write(1, "first\n", 6); _exit(0); }
    while (ended < 2) sigsuspend(&old);
    write(1, "end\n", 4);
}
