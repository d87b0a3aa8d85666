// One writes to a pipe and then to another; poll(2) looks at the first, and then at the second, which may be the only one that it tells of.
// outcome: first => ok
// outcome: first second => ok
// outcome: second => ok
// source: argument; poll(2) asks one descriptor after the other, seen in 7 of 30,000 plain runs
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int first[2], second[2];
    pipe(first);
    pipe(second);
    if (fork() == 0) { write(first[1], "x", 1); write(second[1], "x", 1); _exit(0); }
    struct pollfd both[2] = {{first[0], POLLIN, 0}, {second[0], POLLIN, 0}};
    poll(both, 2, -1);
    if (both[0].revents) printf("first%s", both[1].revents ? " " : "");
    puts(both[1].revents ? "second" : "");
    wait(NULL);
}
