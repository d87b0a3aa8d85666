// The child speaks and ends; the parent looks without waiting, and says what it saw. That the child had spoken does not mean that it has ended.
// outcome: c | ended => ok
// outcome: c | running => ok
// outcome: running | c => ok
// source: argument; waitpid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { puts("c"); _exit(0); }
    puts(waitpid(child, NULL, WNOHANG) == child ? "ended" : "running");
}
