// A parent makes one number of what its children return, in the order in which they end.
// outcome: 12 => ok
// outcome: 21 => ok
// source: argument
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    int status, number = 0;
    while (wait(&status) > 0) number = number * 10 + WEXITSTATUS(status);
    printf("%d\n", number);
}
