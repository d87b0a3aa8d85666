// One child fails, the other does not; whichever is heard of last decides the status of the program.
// outcome: (nothing) => ok
// outcome: (nothing) => exit 1
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    for (int i = 0; i <= 1; i++)
        if (fork() == 0) _exit(i);
    while (wait(&status) > 0) continue;
    return WEXITSTATUS(status);
}
