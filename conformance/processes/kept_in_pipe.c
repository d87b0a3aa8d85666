// Which of two children has ended first is kept in a pipe and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; pipe(7)
#define _GNU_SOURCE
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
    char c = '0' + first;
    write(4, &c, 1);
    wait(NULL);
}

int main(void) {
    int ends[2];
    pipe(ends);
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    char c;
    read(3, &c, 1);
    printf("%c\n", c);
}
