// A child kills its parent, and asks at once who its parent is: that one may not be dead yet.
// outcome: parent => killed by SIGKILL
// outcome: another => killed by SIGKILL
// source: argument; kill(2) does not wait, and an orphan gets another parent when that one ends (_exit(2)); seen
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t me = getpid();
    if (fork() == 0) {
        kill(me, SIGKILL);
        if (getppid() == me) write(1, "parent\n", 7);
        else write(1, "another\n", 8);
        _exit(0);
    }
    wait(NULL);
}
