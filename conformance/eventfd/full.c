// A write that would overflow the counter waits for a read.
// outcome: reads | wrote => ok
// source: argument; eventfd(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    eventfd_t seen;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int event = eventfd(0, 0);
    eventfd_write(event, 0xfffffffffffffffe);
    if (fork() == 0) { eventfd_write(event, 1); puts("wrote"); exit(0); }
    puts("reads");
    eventfd_read(event, &seen);
    wait(NULL);
}
