// _exit(2) writes no buffers: the child's word is lost.
// outcome: parent => ok
// source: _exit(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { puts("child"); _exit(0); }
    wait(NULL);
    puts("parent");
}
