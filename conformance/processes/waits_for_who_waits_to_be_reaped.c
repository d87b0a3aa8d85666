// A parent waits for all its children and forgets whom it was told of; the younger one ends only once the older one is gone for good.
// outcome: gone | done => ok
// source: argument
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    pid_t older = fork();
    if (older == 0) _exit(0);
    if (fork() == 0) {
        while (kill(older, 0) == 0) nanosleep(&(struct timespec){0, 1000000}, NULL);
        puts("gone");
        fflush(stdout);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    puts("done");
}
