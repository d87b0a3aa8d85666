// A child and a grandchild die of faults, each right after it has started another one, and a subreaper waits for all that are left.
// outcome: last | 11 | 11 | 3 => ok
// outcome: last | 11 | 3 | 11 => ok
// outcome: last | 3 | 11 | 11 => ok
// outcome: 11 | last | 11 | 3 => ok
// outcome: 11 | last | 3 | 11 => ok
// outcome: 11 | 11 | last | 3 => ok
// source: PR_SET_CHILD_SUBREAPER of prctl(2), wait(2), signal(7)
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0) {
        if (fork() == 0) {
            if (fork() == 0) {
                write(1, "last\n", 5);
                _exit(3);
            }
            *(volatile int *)16 = 1;
        }
        *(volatile int *)16 = 1;
    }
    int status;
    while (wait(&status) > 0) dprintf(1, "%d\n", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}
