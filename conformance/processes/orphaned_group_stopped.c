// A process group with a stopped member becomes an orphan: the kernel sends it SIGHUP and SIGCONT.
// outcome: hung up => ok
// outcome: stopped => ok
// source: argument; setpgid(2), _exit(2), POSIX on orphaned process groups
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t middle = fork();
    if (middle == 0) {
        setsid();
        pid_t last = fork();
        if (last == 0) {
            setpgid(0, 0);
            raise(SIGSTOP);
            _exit(0);
        }
        setpgid(last, last);
        _exit(0);
    }
    waitpid(middle, NULL, 0);
    int status;
    // The orphan is ours now: it was stopped before its parent ended, or is stopped after that.
    pid_t orphan = waitpid(-1, &status, WUNTRACED);
    if (WIFSTOPPED(status)) {
        write(1, "stopped\n", 8);
        kill(orphan, SIGKILL);
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP) write(1, "hung up\n", 8);
    else write(1, "other\n", 6);
}
