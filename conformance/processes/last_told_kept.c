// A parent waits for all its children, whose statuses are the same, and keeps which of them it was told of last.
// outcome: 1 => ok
// outcome: 2 => ok
// outcome: 3 => ok
// source: argument
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t children[3], last = 0;
    for (int i = 0; i < 3; i++)
        if ((children[i] = fork()) == 0) _exit(0);
    for (int i = 0; i < 3; i++) last = wait(NULL);
    for (int i = 0; i < 3; i++)
        if (children[i] == last) printf("%d\n", i + 1);
}
