// Two processes have one end of a pipe open. Who is to be told of it by a signal is kept with that, and the one may ask before or
// after the other has said so.
// outcome: nobody => ok
// outcome: child => ok
// source: fcntl(2), F_SETOWN, F_GETOWN
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    pid_t child = fork();
    if (child == 0) { fcntl(ends[0], F_SETOWN, getpid()); _exit(0); }
    int owner = fcntl(ends[0], F_GETOWN);
    puts(owner == 0 ? "nobody" : owner == child ? "child" : "?");
    waitpid(child, NULL, 0);
}
