// POLLRDNORM is as good as POLLIN to ask whether there is something to read.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    if (fork() == 0) { write(ends[1], "x", 1); _exit(0); }
    struct pollfd one = {ends[0], POLLRDNORM};
    printf("%d\n", poll(&one, 1, 0));
    wait(NULL);
}
