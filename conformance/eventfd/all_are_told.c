// Two processes poll an eventfd and read nothing: both are told.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int event = eventfd(0, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            struct pollfd in = {event, POLLIN};
            poll(&in, 1, -1);
            printf("%c\n", 'a' + i);
            exit(0);
        }
    eventfd_write(event, 1);
    while (wait(NULL) > 0) continue;
}
