// A child and a grandchild, each waited for exactly: one order only.
// outcome: grandchild | child | parent => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) { puts("grandchild"); exit(0); }
        waitpid(grandchild, NULL, 0);
        puts("child");
        exit(0);
    }
    waitpid(child, NULL, 0);
    puts("parent");
}
