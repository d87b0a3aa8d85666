// A process asks again and again whether another one still exists, whose parent waits for it.
// outcome: gone => ok
// source: argument; kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t one = fork();
    if (one == 0) _exit(0);
    if (fork() == 0) {
        while (kill(one, 0) == 0) usleep(1000);
        write(1, "gone\n", 5);
        _exit(0);
    }
    while (wait(NULL) > 0) continue;
}
