// poll(2) with a time-out against a writer: whichever is first.
// outcome: ready => ok
// outcome: time-out => ok
// time: any
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    pipe(p);
    if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
    struct pollfd in = {p[0], POLLIN};
    puts(poll(&in, 1, 1) == 1 ? "ready" : "time-out");
    wait(NULL);
}
