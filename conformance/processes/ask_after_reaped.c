// A process asks whether another one exists, which has ended, while their parent waits for it.
// outcome: exists => ok
// outcome: gone => ok
// source: argument; kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t first = fork();
    if (first == 0) _exit(0);
    pid_t second = fork();
    if (second == 0) {
        if (kill(first, 0) == 0) write(1, "exists\n", 7);
        else write(1, "gone\n", 5);
        _exit(0);
    }
    waitpid(first, NULL, 0);
    waitpid(second, NULL, 0);
}
