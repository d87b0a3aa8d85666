// Which of two children has ended first is kept in the mask for new files and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; umask(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    umask(first);
    wait(NULL);
}

int main(void) {
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    printf("%d\n", umask(0));
}
