// A parent waits for all its children and forgets whom it was told of. The first ends when the others have each written a byte; the second looks whether it is still there, which it is until its parent was told.
// outcome: there | done => ok
// outcome: gone | done => ok
// source: argument
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    pid_t first = fork();
    if (first == 0) {
        char byte;
        for (int i = 0; i < 2; i++) read(ends[0], &byte, 1);
        _exit(0);
    }
    if (fork() == 0) {
        write(ends[1], "2", 1);
        puts(kill(first, 0) == 0 ? "there" : "gone");
        fflush(stdout);
        _exit(0);
    }
    if (fork() == 0) {
        write(ends[1], "3", 1);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    puts("done");
}
