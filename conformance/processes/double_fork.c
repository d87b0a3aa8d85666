// A daemon's double fork: nobody waits for the grandchild, which speaks before or after the end of the first.
// outcome: started | daemon => ok
// outcome: daemon | started => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t middle = fork();
    if (middle == 0) {
        setsid();
        if (fork() == 0) puts("daemon");
        _exit(0);
    }
    waitpid(middle, NULL, 0);
    puts("started");
}
