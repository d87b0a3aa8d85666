// The middle process ends only after the grandchild has asked to be killed then: it is killed, always.
// outcome: end => ok
// source: argument; prctl(2), PR_SET_PDEATHSIG
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], q[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    pipe(q);
    pid_t middle = fork();
    if (middle == 0) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            write(q[1], "x", 1);
            for (;;) pause();
        }
        read(q[0], &x, 1);
        _exit(0);
    }
    close(p[1]);
    waitpid(middle, NULL, 0);
    read(p[0], &x, 1);
    puts("end");
}
