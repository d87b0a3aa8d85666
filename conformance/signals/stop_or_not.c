// A parent stops its child and then continues it: the child's word comes before the stop, or after the continuation; the parent hears of the stop only if the child has not ended before.
// outcome: c | exited => ok
// outcome: c | stopped => ok
// outcome: stopped | c => ok
// source: argument; waitpid(2), WUNTRACED
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { write(1, "c\n", 2); _exit(0); }
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    puts(WIFSTOPPED(status) ? "stopped" : "exited");
    if (WIFSTOPPED(status)) { kill(child, SIGCONT); waitpid(child, &status, 0); }
}
