// An eventfd of one is a lock: two lines of one process come together.
// outcome: a1 | a2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 => ok
// source: argument; eventfd(2), EFD_SEMAPHORE
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    eventfd_t one;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int event = eventfd(1, EFD_SEMAPHORE);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            eventfd_read(event, &one);
            printf("%c1\n", 'a' + i);
            printf("%c2\n", 'a' + i);
            eventfd_write(event, 1);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
