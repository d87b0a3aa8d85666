// Nobody ever writes: the time-out is the only way on.
// outcome: time-out => ok
// source: poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    pipe(p);
    if (fork() == 0) _exit(0);
    struct pollfd in = {p[0], POLLIN};
    puts(poll(&in, 1, 20) == 0 ? "time-out" : "ready");
    wait(NULL);
}
