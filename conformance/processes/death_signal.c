// The grandchild asks to be killed when its parent ends, and then says so; the parent may have ended before it could ask, and then it lives.
// outcome: asked | end => ok
// outcome: asked | alive | end => ok
// outcome: end => ok
// source: argument; prctl(2), PR_SET_PDEATHSIG
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    pid_t middle = fork();
    if (middle == 0) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            puts("asked");
            puts("alive");
        }
        _exit(0);
    }
    close(p[1]);
    waitpid(middle, NULL, 0);
    read(p[0], &x, 1);
    puts("end");
}
