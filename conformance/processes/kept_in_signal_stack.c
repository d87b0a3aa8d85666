// Which of two children has ended first is kept in where handlers have their stack and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
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
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    stack_t stack;
    sigaltstack(NULL, &stack);
    printf("%d\n", (char *)stack.ss_sp == places ? 1 : 2);
    puts(is_gone ? "gone" : "there");
}
