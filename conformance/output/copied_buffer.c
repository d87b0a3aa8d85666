// What is in the buffer at fork(2) is written by both.
// outcome: before | before => ok
// source: stdio(3), fork(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    puts("before");
    if (fork() == 0) exit(0);
    wait(NULL);
}
