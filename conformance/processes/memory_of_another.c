// The parent writes into its child's memory with process_vm_writev(2), while the child looks at it.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; process_vm_readv(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int number;
int main(void) {
    int one = 1;
    struct iovec here = {&one, sizeof one}, there = {(void *)&number, sizeof number};
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { printf("%d\n", number); exit(0); }
    process_vm_writev(child, &here, 1, &there, 1, 0);
    waitpid(child, NULL, 0);
}
