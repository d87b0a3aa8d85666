// A subreaper inherits its grandchild, and can wait for it.
// outcome: 0 | 4 => ok
// source: argument; prctl(2), PR_SET_CHILD_SUBREAPER
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status, p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0) {
        if (fork() == 0) { close(p[1]); read(p[0], &x, 1); _exit(4); }
        _exit(0);
    }
    close(p[0]);
    wait(&status);
    printf("%d\n", WEXITSTATUS(status));
    close(p[1]);
    wait(&status);
    printf("%d\n", WEXITSTATUS(status));
}
