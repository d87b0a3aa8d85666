// Two looks at one child: once ended, it is gone; it cannot come back to life.
// outcome: running running => ok
// outcome: running ended => ok
// outcome: ended gone => ok
// source: argument; waitpid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *look(pid_t child) {
    pid_t seen = waitpid(child, NULL, WNOHANG);
    return seen == child ? "ended" : seen == 0 ? "running" : "gone";
}
int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    const char *first = look(child);
    const char *second = look(child);
    printf("%s %s\n", first, second);
}
