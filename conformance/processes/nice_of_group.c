// A child makes its whole process group nicer, while its parent starts another child, which tells how nice it is.
// outcome: 0 => ok
// outcome: 5 => ok
// source: argument; setpriority(2), fork(2)
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int before = getpriority(PRIO_PROCESS, 0);
    if (fork() == 0) {
        setpriority(PRIO_PGRP, 0, before + 5);
        _exit(0);
    }
    if (fork() == 0) {
        printf("%d\n", getpriority(PRIO_PROCESS, 0) - before);
        return 0;
    }
    while (wait(NULL) > 0) {}
}
