// A child asks for its parent, who may be gone.
// outcome: parent => ok
// outcome: orphan => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
    pid_t parent = getpid();
    if (fork() == 0) puts(getppid() == parent ? "parent" : "orphan");
}
