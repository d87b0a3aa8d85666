// A pipe has room for 16 packets, however small they are: whether the last is lost depends on the reader.
// outcome: lost 0 => ok
// outcome: lost 1 => ok
// source: argument; pipe(2), O_DIRECT
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int x[2]; char t[2];
    pipe2(x, O_DIRECT | O_NONBLOCK);
    for (int i = 0; i < 15; i++) write(x[1], "x", 1);
    if (!fork()) { read(x[0], t, 1); exit(0); }
    int lost = 0;
    for (int i = 0; i < 2; i++) { if (write(x[1], "x", 1) < 0) lost++; }
    printf("lost %d\n", lost);
    while (wait(NULL) > 0) continue;
}
