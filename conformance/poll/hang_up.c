// The writer writes and ends: poll(2) tells of the byte, and of the hang-up if it has come.
// outcome: in => ok
// outcome: in hup => ok
// source: argument; poll(2), POLLHUP
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
    close(p[1]);
    struct pollfd in = {p[0], POLLIN};
    poll(&in, 1, -1);
    printf("%s%s\n", in.revents & POLLIN ? "in" : "", in.revents & POLLHUP ? " hup" : "");
    wait(NULL);
}
