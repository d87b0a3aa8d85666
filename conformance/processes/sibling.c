// A process is started as a sibling of the one that starts it, which so cannot wait for it.
// outcome: sibling | 10 => ok
// outcome: 10 | sibling => ok
// source: argument; clone(2), CLONE_PARENT; wait(2): 10 is ECHILD
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0) {
        write(1, "sibling\n", 8);
        _exit(0);
    }
    wait(NULL);
    printf("%d\n", errno);
}
