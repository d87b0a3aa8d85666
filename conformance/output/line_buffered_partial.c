// A line-buffered stream writes whole lines, whatever their parts: another's line comes between lines only.
// outcome: one | two three | x => ok
// outcome: one | x | two three => ok
// outcome: x | one | two three => ok
// source: argument; setvbuf(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { write(1, "x\n", 2); _exit(0); }
    puts("one");
    fputs("two ", stdout);
    puts("three");
    waitpid(child, NULL, 0);
}
