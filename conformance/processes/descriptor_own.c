// Each process closes its own descriptor: the parent's stays open.
// outcome: c | p => ok
// source: fork(2)
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "c\n", 2); close(1); _exit(0); }
    wait(NULL);
    write(1, "p\n", 2);
}
