// Which of two children has ended first is kept in a variable. The parent tells which, and whether it has seen the end of a third one.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
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
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    printf("%d\n", kept);
    puts(is_gone ? "gone" : "there");
}
