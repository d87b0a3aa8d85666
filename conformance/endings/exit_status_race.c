// The status of the first child that ended becomes the program's: two endings with the same text.
// outcome: (nothing) => exit 1
// outcome: (nothing) => exit 2
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    return WEXITSTATUS(status);
}
