// Without semaphore mode one reader takes everything, and the other waits for ever.
// outcome: a 2 => deadlock
// outcome: b 2 => deadlock
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
    int event = eventfd(2, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { eventfd_read(event, &seen); printf("%c %d\n", 'a' + i, (int)seen); exit(0); }
    while (wait(NULL) > 0) continue;
}
