// dprintf(3) writes at once, a full buffer at the end.
// outcome: at once | later => ok
// source: dprintf(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    puts("later");
    dprintf(1, "at once\n");
    if (fork() == 0) _exit(0);
    wait(NULL);
}
