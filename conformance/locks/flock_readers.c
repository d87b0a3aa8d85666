// A shared lock keeps an exclusive one out; the exclusive one, freed at its holder's end, lets the shared one wait.
// outcome: shared | alone => ok
// outcome: shared | busy => ok
// outcome: busy | shared => ok
// outcome: alone | shared => ok
// source: argument; flock(2), LOCK_SH
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("file", O_CREAT | O_RDWR, 0600));
    if (fork() == 0) { flock(open("file", O_RDWR), LOCK_SH); puts("shared"); exit(0); }
    puts(flock(open("file", O_RDWR), LOCK_EX | LOCK_NB) == 0 ? "alone" : "busy");
}
