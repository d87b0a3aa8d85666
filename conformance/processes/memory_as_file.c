// The same through /proc.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; proc(5), /proc/pid/mem
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int number;
int main(void) {
    int one = 1;
    char name[100];
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { printf("%d\n", number); exit(0); }
    snprintf(name, sizeof name, "/proc/%d/mem", (int)child);
    pwrite(open(name, O_WRONLY), &one, sizeof one, (off_t)(size_t)&number);
    waitpid(child, NULL, 0);
}
