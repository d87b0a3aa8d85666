// A read that does not wait: something is there, or not yet.
// outcome: 1 => ok
// outcome: EAGAIN => ok
// source: argument; eventfd(2), EFD_NONBLOCK
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    eventfd_t seen;
    int event = eventfd(0, EFD_NONBLOCK);
    if (fork() == 0) { eventfd_write(event, 1); _exit(0); }
    if (eventfd_read(event, &seen) == 0) printf("%d\n", (int)seen);
    else puts("EAGAIN");
    wait(NULL);
}
