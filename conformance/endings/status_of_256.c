// Of an exit status eight bits are left: 256 is none.
// outcome: x => ok
// source: exit(3)
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "x\n", 2); _exit(256); }
    int status;
    wait(&status);
    exit(256 + WEXITSTATUS(status));
}
