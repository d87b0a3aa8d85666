// Two children write into a pipe each; poll(2) tells of one or of both.
// outcome: a => ok
// outcome: b => ok
// outcome: ab => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    pipe(p);
    pipe(q);
    if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
    if (fork() == 0) { write(q[1], "x", 1); _exit(0); }
    struct pollfd in[2] = {{p[0], POLLIN}, {q[0], POLLIN}};
    poll(in, 2, -1);
    printf("%s%s\n", in[0].revents ? "a" : "", in[1].revents ? "b" : "");
    while (wait(NULL) > 0) continue;
}
