// A FIFO loses its name while it is open: who writes after that races still with who wrote before.
// outcome: ac => ok
// outcome: ca => ok
// source: argument; fifo(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    char b[3] = ""; int go[2]; char t;
    pipe(go);
    mkfifo("f", 0600);
    int f = open("f", O_RDWR);
    if (!fork()) { write(f, "a", 1); exit(0); }
    if (!fork()) { read(go[0], &t, 1); write(f, "c", 1); exit(0); }
    unlink("f");
    write(go[1], "g", 1);
    while (wait(NULL) > 0) continue;
    read(f, b, 2);
    printf("%s\n", b);
}
