// Of two children only the one that has ended first is waited for. The parent tells which is left, and whether it has seen the end of a third one.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t one;
    if ((one = fork()) == 0) _exit(0);
    if (fork() == 0) _exit(0);
    wait(NULL);
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    printf("%d\n", waitpid(one, NULL, 0) == one ? 1 : 2);
    puts(is_gone ? "gone" : "there");
}
