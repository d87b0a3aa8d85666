// Two add to an eventfd that has room for one of them only, and do not wait: the first succeeds.
// outcome: added 1 | full 2 => ok
// outcome: full 2 | added 1 => ok
// outcome: added 2 | full 1 => ok
// outcome: full 1 | added 2 => ok
// source: eventfd(2)
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int e = eventfd(0, EFD_NONBLOCK);
    uint64_t most = UINT64_MAX - 2, one = 1;
    write(e, &most, 8);
    for (int i = 1; i < 3; i++)
        if (fork() == 0) { int n = write(e, &one, 8); dprintf(1, "%s %d\n", n == 8 ? "added" : "full", i); _exit(0); }
    while (wait(NULL) > 0);
}
