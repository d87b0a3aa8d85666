// Two writes of 1 and 2 are read as one sum, or one after the other.
// outcome: 3 => ok
// outcome: 1 2 => ok
// outcome: 2 1 => ok
// source: argument; eventfd(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    eventfd_t seen, sum = 0;
    const char *gap = "";
    int event = eventfd(0, 0);
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) { eventfd_write(event, i); _exit(0); }
    while (sum < 3) {
        eventfd_read(event, &seen);
        printf("%s%d", gap, (int)seen);
        gap = " ";
        sum += seen;
    }
    puts("");
    while (wait(NULL) > 0) continue;
}
