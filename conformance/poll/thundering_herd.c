// Two processes poll one pipe and then read without O_NONBLOCK: who was told of the byte and lost it to the other waits for ever.
// outcome: a => ok
// outcome: b => ok
// outcome: a => deadlock
// outcome: b => deadlock
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    write(p[1], "x", 1);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            struct pollfd in = {p[0], POLLIN};
            if (poll(&in, 1, 0) == 1 && read(p[0], &x, 1) == 1) printf("%c\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
