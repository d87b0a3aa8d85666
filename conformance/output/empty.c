// Nobody says anything.
// outcome: (nothing) => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) _exit(0);
    wait(NULL);
}
