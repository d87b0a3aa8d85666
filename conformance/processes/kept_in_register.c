// Which of two children has ended first is kept in a variable while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) static int first(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    return WEXITSTATUS(status);
}

int main(void) {
    // (A compiler keeps it in a register over the calls.)
    register int kept = first();
    wait(NULL);
    if (fork() == 0) _exit(0);
    wait(NULL);
    printf("%d\n", kept);
}
