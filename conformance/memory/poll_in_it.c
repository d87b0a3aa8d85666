// What poll(2) is given lies in shared memory.
// outcome: 0 => ok
// source: poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct pollfd *polled = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2];
    if (pipe(ends)) return 1;
    polled->fd = ends[0];
    polled->events = POLLIN;
    if (fork() == 0) _exit(0);
    int ready = poll(polled, 1, 0);
    wait(NULL);
    printf("%d\n", ready);
}
