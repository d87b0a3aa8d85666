// Two children are waited for in the order of their birth; they speak in any order.
// outcome: a | b | end a | end b => ok
// outcome: b | a | end a | end b => ok
// outcome: a | end a | b | end b => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a = fork();
    if (a == 0) { puts("a"); exit(0); }
    pid_t b = fork();
    if (b == 0) { puts("b"); exit(0); }
    waitpid(a, NULL, 0);
    puts("end a");
    waitpid(b, NULL, 0);
    puts("end b");
}
