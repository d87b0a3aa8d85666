// Two children wait for one and for four milliseconds: who speaks first is not said by that.
// outcome: short | long => ok
// outcome: long | short => ok
// source: argument
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { poll(NULL, 0, 1); puts("short"); exit(0); }
    if (fork() == 0) { poll(NULL, 0, 4); puts("long"); exit(0); }
    while (wait(NULL) > 0) continue;
}
