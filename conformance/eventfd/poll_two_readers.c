// Two processes look at one eventfd without waiting and take what they find: one of them gets all.
// outcome: a => ok
// outcome: b => ok
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
    int event = eventfd(5, EFD_NONBLOCK);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { if (eventfd_read(event, &seen) == 0) printf("%c\n", 'a' + i); exit(0); }
    while (wait(NULL) > 0) continue;
}
