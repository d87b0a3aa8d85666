// Who starts another one and dies of a fault at once leaves an orphan, for which a subreaper waits.
// outcome: orphan | 11 | 3 => ok
// outcome: 11 | orphan | 3 => ok
// source: PR_SET_CHILD_SUBREAPER of prctl(2), signal(7)
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0) {
            write(1, "orphan\n", 7);
            _exit(3);
        }
        *(volatile int *)16 = 1;
    }
    int status;
    waitpid(child, &status, 0);
    dprintf(1, "%d\n", WTERMSIG(status));
    while (wait(&status) > 0) dprintf(1, "%d\n", WEXITSTATUS(status));
}
