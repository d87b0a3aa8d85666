// A wait for a child that may have ended long ago.
// outcome: b | c | w | end => ok
// outcome: c | b | w | end => ok
// outcome: c | w | b | end => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t b = fork();
    if (b == 0) { puts("b"); exit(0); }
    pid_t c = fork();
    if (c == 0) { puts("c"); exit(0); }
    waitpid(c, NULL, 0);
    puts("w");
    waitpid(b, NULL, 0);
    puts("end");
}
