// As much as an eventfd can hold is added to it while another process adds one; neither waits, and there is no room for both.
// outcome: added much | full for one => ok
// outcome: full for one | added much => ok
// outcome: added one | full for much => ok
// outcome: full for much | added one => ok
// source: argument; eventfd(2)
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int e = eventfd(0, EFD_NONBLOCK);
    uint64_t most = UINT64_MAX - 1, one = 1;
    if (fork() == 0) { int n = write(e, &most, 8); dprintf(1, "%s much\n", n == 8 ? "added" : "full for"); _exit(0); }
    if (fork() == 0) { int n = write(e, &one, 8); dprintf(1, "%s one\n", n == 8 ? "added" : "full for"); _exit(0); }
    while (wait(NULL) > 0);
}
