// Which of two children has ended first is kept in which descriptor is open and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; dup2(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    dup2(1, 6 + first);
    wait(NULL);
}

int main(void) {
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    printf("%d\n", fcntl(7, F_GETFD) >= 0 ? 1 : 2);
}
