// The first process follows a null pointer after its child's word.
// outcome: child => killed by SIGSEGV
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { puts("child"); exit(0); }
    wait(NULL);
    *(volatile int *)0 = 1;
}
