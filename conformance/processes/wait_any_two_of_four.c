// Of four children, the last of which speaks, the parent waits for any two, says which they were, and ends.
// outcome: 1 | 2 | four => ok
// outcome: 1 | 3 | four => ok
// outcome: 1 | four | 2 => ok
// outcome: 1 | four | 3 => ok
// outcome: 1 | four | 4 => ok
// outcome: 2 | 1 | four => ok
// outcome: 2 | 3 | four => ok
// outcome: 2 | four | 1 => ok
// outcome: 2 | four | 3 => ok
// outcome: 2 | four | 4 => ok
// outcome: 3 | 1 | four => ok
// outcome: 3 | 2 | four => ok
// outcome: 3 | four | 1 => ok
// outcome: 3 | four | 2 => ok
// outcome: 3 | four | 4 => ok
// outcome: four | 1 | 2 => ok
// outcome: four | 1 | 3 => ok
// outcome: four | 1 | 4 => ok
// outcome: four | 2 | 1 => ok
// outcome: four | 2 | 3 => ok
// outcome: four | 2 | 4 => ok
// outcome: four | 3 | 1 => ok
// outcome: four | 3 | 2 => ok
// outcome: four | 3 | 4 => ok
// outcome: four | 4 | 1 => ok
// outcome: four | 4 | 2 => ok
// outcome: four | 4 | 3 => ok
// source: argument; wait(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i <= 4; i++)
        if (fork() == 0) {
            if (i == 4) puts("four");
            _exit(i);
        }
    for (int i = 0; i < 2; i++) {
        wait(&status);
        printf("%d\n", WEXITSTATUS(status));
    }
}
