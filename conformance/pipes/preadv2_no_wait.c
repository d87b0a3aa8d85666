// A read is told not to wait, for this once.
// outcome: nothing => ok
// outcome: x => ok
// source: argument; preadv2(2), RWF_NOWAIT
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char byte;
    int ends[2];
    struct iovec part = {&byte, 1};
    pipe(ends);
    if (fork() == 0) { write(ends[1], "x", 1); _exit(0); }
    puts(preadv2(ends[0], &part, 1, -1, RWF_NOWAIT) == 1 ? "x" : "nothing");
    wait(NULL);
}
