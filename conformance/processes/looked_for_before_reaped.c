// A parent waits for all its children and forgets whom it was told of; the younger child looks whether the older one is still there, which it is until its parent was told.
// outcome: there | done => ok
// outcome: gone | done => ok
// source: argument
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t older = fork();
    if (older == 0) _exit(0);
    if (fork() == 0) {
        puts(kill(older, 0) == 0 ? "there" : "gone");
        fflush(stdout);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    puts("done");
}
