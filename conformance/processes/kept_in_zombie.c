// Of two children only the one that has ended first is waited for; a third child comes and goes before the other is.
// outcome: 2 => ok
// outcome: 1 => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(NULL);
    pid_t third = fork();
    if (third == 0) _exit(0);
    waitpid(third, NULL, 0);
    wait(&status);
    printf("%d\n", WEXITSTATUS(status));
}
