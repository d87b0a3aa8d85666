// In semaphore mode each read takes one, and two processes go one after the other.
// outcome: a | b => ok
// outcome: b | a => ok
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
    int event = eventfd(2, EFD_SEMAPHORE);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { eventfd_read(event, &one); printf("%c\n", 'a' + i); exit(0); }
    while (wait(NULL) > 0) continue;
}
