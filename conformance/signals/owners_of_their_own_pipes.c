// Each process marks a pipe of its own with its number, as the owner to whom no signal is ever sent: they do not meet.
// outcome: own own => ok
// source: fcntl(2): without O_ASYNC F_SETOWN and F_SETSIG change nothing but what F_GETOWN and F_GETSIG answer
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_own(void) {
    int ends[2];
    pipe(ends);
    fcntl(ends[0], F_SETOWN, getpid());
    fcntl(ends[0], F_SETSIG, SIGKILL);
    write(ends[1], "x", 1);
    return fcntl(ends[0], F_GETOWN) == getpid() && fcntl(ends[0], F_GETSIG) == SIGKILL;
}

int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(is_own());
    int own = is_own(), status;
    waitpid(child, &status, 0);
    printf("%s %s\n", own ? "own" : "?", WEXITSTATUS(status) ? "own" : "?");
}
