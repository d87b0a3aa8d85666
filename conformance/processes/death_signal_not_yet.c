// Who is to be killed when its parent ends has itself killed its parent: it may do something more before that is dead.
// outcome: (nothing) => killed by SIGTERM
// outcome: still here => killed by SIGTERM
// source: argument: kill(2) does not wait; PR_SET_PDEATHSIG of prctl(2)
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        kill(getppid(), SIGTERM);
        write(1, "still here\n", 11);
        _exit(0);
    }
    wait(NULL);
}
