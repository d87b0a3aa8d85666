// A process dies since its parent was killed, which has been waited for: it may not be dead yet when another one has ended that was started later.
// outcome: orphan => ok
// outcome: other => ok
// source: argument; PR_SET_PDEATHSIG(2const)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ready[2];
    char byte;
    pipe(ready);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t parent = fork();
    if (parent == 0) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            write(ready[1], "x", 1);
        }
        for (;;) pause();
    }
    read(ready[0], &byte, 1);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    pid_t other = fork();
    if (other == 0) _exit(0);
    if (wait(NULL) == other) write(1, "other\n", 6);
    else write(1, "orphan\n", 7);
    wait(NULL);
}
