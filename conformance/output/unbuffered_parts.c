// An unbuffered stream writes each part at once: another's letter may come between them.
// outcome: onetwox => ok
// outcome: onextwo => ok
// outcome: xonetwo => ok
// source: argument; setvbuf(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (fork() == 0) { write(1, "x", 1); _exit(0); }
    fputs("one", stdout);
    fputs("two", stdout);
    wait(NULL);
    write(1, "\n", 1);
}
