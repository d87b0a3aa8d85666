// vfork(2) shares memory: the parent sees what its child has stored.
// outcome: 1 => ok
// source: vfork(2), as Linux has it
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int number;
int main(void) {
    pid_t child = vfork();
    if (child == 0) { number = 1; _exit(0); }
    printf("%d\n", number);
    waitpid(child, NULL, 0);
}
