// The same, of one that blocks it and looks later.
// outcome: heard | end => ok
// outcome: end => ok
// source: argument; signal(7)
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
    pid_t child = fork();
    if (child == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        close(ends[1]);
        read(ends[0], &c, 1);
        signal(SIGCHLD, heard);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        write(1, "end\n", 4);
        _exit(0);
    }
    kill(child, SIGCHLD);
    close(ends[1]);
    wait(NULL);
}
