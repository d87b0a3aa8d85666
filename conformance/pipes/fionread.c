// How many bytes are in the pipe: two writes of three bytes.
// outcome: 0 => ok
// outcome: 3 => ok
// outcome: 6 => ok
// source: argument; pipe(7), FIONREAD
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], n;
    pipe(p);
    if (fork() == 0) { write(p[1], "abc", 3); write(p[1], "def", 3); _exit(0); }
    ioctl(p[0], FIONREAD, &n);
    printf("%d\n", n);
    wait(NULL);
}
