// Which of two children has ended first is kept in where handlers have their stack and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; sigaltstack(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static char places[65536];

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    stack_t stack = {.ss_sp = places + 32768 * (first - 1), .ss_size = 32768};
    sigaltstack(&stack, NULL);
    wait(NULL);
}

int main(void) {
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    stack_t stack;
    sigaltstack(NULL, &stack);
    printf("%d\n", (char *)stack.ss_sp == places ? 1 : 2);
}
