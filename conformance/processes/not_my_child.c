// A child cannot wait for its sibling: it is not its child.
// outcome: ECHILD | end => ok
// source: waitpid(2)
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a = fork();
    if (a == 0) { pause(); _exit(0); }
    pid_t b = fork();
    if (b == 0) {
        puts(waitpid(a, NULL, 0) < 0 && errno == ECHILD ? "ECHILD" : "?");
        _exit(0);
    }
    waitpid(b, NULL, 0);
    kill(a, SIGKILL);
    waitpid(a, NULL, 0);
    puts("end");
}
