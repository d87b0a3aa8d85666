// A child changes how urgent its parent's input and output are, while the parent asks for that.
// outcome: 4 => ok
// outcome: 6 => ok
// source: argument; ioprio_set(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OF_PROCESS = 1, BEST_EFFORT = 2 << 13 };

int main(void) {
    pid_t parent = getpid();
    syscall(SYS_ioprio_set, OF_PROCESS, parent, BEST_EFFORT | 4);
    if (fork() == 0) {
        syscall(SYS_ioprio_set, OF_PROCESS, parent, BEST_EFFORT | 6);
        _exit(0);
    }
    printf("%ld\n", syscall(SYS_ioprio_get, OF_PROCESS, 0) & 7);
    wait(NULL);
}
