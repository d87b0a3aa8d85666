// To read or write no bytes waits for nobody, and nobody has to read them.
// outcome: r 0 | w 0 => ok
// source: argument; read(2), write(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2]; char t; pipe(p);
    if (!fork()) { printf("r %d\n", (int)read(p[0], &t, 0)); exit(0); }
    while (wait(NULL) > 0) continue;
    close(p[0]); int n = write(p[1], "", 0); printf("w %d\n", n);
}
