// The child says that it is ready by an eventfd, and speaks on; so does the parent.
// outcome: ready | c | p => ok
// outcome: ready | p | c => ok
// source: argument
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
    if (fork() == 0) { puts("ready"); eventfd_write(event, 1); puts("c"); exit(0); }
    eventfd_read(event, &seen);
    puts("p");
    wait(NULL);
}
