// A parent adds what its children return, in whatever order they end; each of these speaks before.
// outcome: 1 | 2 | 3 | 6 => ok
// outcome: 1 | 3 | 2 | 6 => ok
// outcome: 2 | 1 | 3 | 6 => ok
// outcome: 2 | 3 | 1 | 6 => ok
// outcome: 3 | 1 | 2 | 6 => ok
// outcome: 3 | 2 | 1 | 6 => ok
// source: argument
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    for (int i = 1; i <= 3; i++)
        if (fork() == 0) {
            printf("%d\n", i);
            fflush(stdout);
            _exit(i);
        }
    int status, sum = 0;
    while (wait(&status) > 0) sum += WEXITSTATUS(status);
    printf("%d\n", sum);
}
