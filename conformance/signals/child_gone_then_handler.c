// A child ends before its signal is blocked, or after it; a handler that is set once it is gone is called for the second only. It says by a pipe that it is about to end.
// outcome: heard | end => ok
// outcome: end => ok
// source: argument; signal(7): what is blocked is kept, whatever would become of it
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void heard(int signal) {
    (void)signal;
    write(1, "heard\n", 6);
}

int main(void) {
    sigset_t set;
    int ends[2];
    char c;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    pipe(ends);
    if (fork() == 0) {
        write(ends[1], "x", 1);
        _exit(0);
    }
    read(ends[0], &c, 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    wait(NULL);
    signal(SIGCHLD, heard);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    write(1, "end\n", 4);
}
