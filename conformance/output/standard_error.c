// What goes to standard error is not on standard output.
// outcome: out => ok
// source: stdio(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { fputs("error\n", stderr); _exit(0); }
    wait(NULL);
    puts("out");
}
