// A group with two stopped members is orphaned, and both die of SIGHUP: each by itself, so either may be heard of first.
// outcome: first => ok
// outcome: second => ok
// source: argument; setpgid(2), orphaned process groups
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int told[2], status;
    pid_t members[2];
    pipe(told);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t parent = fork();
    if (parent == 0) {
        setsid();
        for (int i = 0; i < 2; i++) {
            members[i] = fork();
            if (members[i] == 0) {
                setpgid(0, i == 0 ? 0 : members[0]);
                raise(SIGSTOP);
                _exit(0);
            }
            waitpid(members[i], &status, WUNTRACED);
        }
        write(told[1], members, sizeof members);
        _exit(0);
    }
    read(told[0], members, sizeof members);
    waitpid(parent, NULL, 0);
    if (wait(NULL) == members[0]) write(1, "first\n", 6);
    else write(1, "second\n", 7);
    wait(NULL);
}
