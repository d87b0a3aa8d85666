// Which of two children has ended first is kept on the heap and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; malloc(3)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int *place;

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    *place = first;
    wait(NULL);
}

int main(void) {
    place = malloc(sizeof(int));
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    printf("%d\n", *place);
}
