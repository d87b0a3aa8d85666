// A child sends a signal to the number that its next sibling will have, or has already.
// outcome: nobody => ok
// outcome: sent => ok
// source: argument; kill(2), ESRCH. (Numbers are given one after the other: fork(2) in a world of its own)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t first = fork();
    if (first == 0) {
        puts(kill(getpid() + 1, SIGCONT) < 0 ? "nobody" : "sent");
        return 0;
    }
    pid_t second = fork();
    if (second == 0) pause();
    waitpid(first, NULL, 0);
    kill(second, SIGKILL);
    waitpid(second, NULL, 0);
}
