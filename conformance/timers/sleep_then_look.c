// The parent sleeps before it looks whether its child has ended: a sleep is no wait.
// outcome: ended => ok
// outcome: running => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    usleep(500);
    puts(waitpid(child, NULL, WNOHANG) == child ? "ended" : "running");
}
