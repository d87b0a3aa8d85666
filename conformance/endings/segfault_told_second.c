// Who lets another one end, and then dies of a fault, is not always the first of whose end their parent is told.
// outcome: fault | 3 => ok
// outcome: 3 | fault => ok
// source: wait(2), signal(7)
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2], status;
    pipe(ends);
    if (fork() == 0) {
        write(ends[1], "x", 1);
        *(volatile int *)16 = 1;
    }
    if (fork() == 0) {
        char byte;
        read(ends[0], &byte, 1);
        _exit(3);
    }
    while (wait(&status) > 0) {
        if (WIFSIGNALED(status)) dprintf(1, "fault\n");
        else dprintf(1, "%d\n", WEXITSTATUS(status));
    }
}
