// A child asks again and again who its parent is, until it has another one.
// outcome: orphan => ok
// source: argument
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent) usleep(1000);
            write(1, "orphan\n", 7);
            _exit(0);
        }
        _exit(0);
    }
    while (wait(NULL) > 0) continue;
}
