// A process that ends closes what it has open before its child gets the signal that tells of that: the child may do something in between.
// outcome: end of file => ok
// outcome: (nothing) => ok
// source: argument: exit_files comes before exit_notify in the kernel; PR_SET_PDEATHSIG of prctl(2)
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t middle = fork();
    if (middle == 0) {
        int ends[2], ready[2];
        char letter;
        pipe(ends);
        pipe(ready);
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(ends[1]);
            write(ready[1], "x", 1);
            read(ends[0], &letter, 1);
            write(1, "end of file\n", 12);
            _exit(0);
        }
        read(ready[0], &letter, 1);
        _exit(0);
    }
    waitpid(middle, NULL, 0);
}
