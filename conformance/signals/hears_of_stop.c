// SIGCHLD tells of a stop too: the handler tells of a stop, a continuation and an end, which may be fewer signals than three.
// outcome: stopped | exited => ok
// source: argument; sigaction(2): the stop is heard before the continuation is sent; the end comes after
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int stopped, ended;
static void on_child(int signal) {
    int status;
    while (waitpid(-1, &status, WNOHANG | WUNTRACED) > 0) {
        if (WIFSTOPPED(status)) { stopped = 1; write(1, "stopped\n", 8); }
        if (WIFEXITED(status)) { ended = 1; write(1, "exited\n", 7); }
    }
}
int main(void) {
    sigset_t chld, old;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &old);
    signal(SIGCHLD, on_child);
    pid_t child = fork();
    if (child == 0) { raise(SIGSTOP); _exit(0); }
    while (!stopped) sigsuspend(&old);
    kill(child, SIGCONT);
    while (!ended) sigsuspend(&old);
}
