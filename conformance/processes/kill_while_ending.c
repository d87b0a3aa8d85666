// A child is killed while it ends: it may be there for a moment longer, and is told with its own exit code all the same.
// outcome: dead at once, killed => ok
// outcome: dead at once, exit code 1 => ok
// outcome: not yet, killed => ok
// outcome: not yet, exit code 1 => ok
// source: argument: kill(2) does not wait, and what is sent to a process that has called exit_group(2) has no effect
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(1);
    kill(child, SIGKILL);
    int status;
    int at_once = waitpid(child, &status, WNOHANG) == child;
    if (!at_once) waitpid(child, &status, 0);
    printf("%s, %s\n", at_once ? "dead at once" : "not yet", WIFSIGNALED(status) ? "killed" : "exit code 1");
}
