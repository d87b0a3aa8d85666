// A subreaper waits for a grandchild by its number: it may not be its child yet, and ends only once its parent has ended.
// outcome: 4 => ok
// outcome: none => ok
// source: argument; waitpid(2), PR_SET_CHILD_SUBREAPER(2const)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int number[2], lives[2], status;
    pid_t grandchild;
    char byte;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pipe(number);
    pipe(lives);
    if (fork() == 0) {
        grandchild = fork();
        if (grandchild == 0) {
            close(lives[1]);
            read(lives[0], &byte, 1);
            _exit(4);
        }
        write(number[1], &grandchild, sizeof grandchild);
        _exit(0);
    }
    close(lives[0]);
    close(lives[1]);
    read(number[0], &grandchild, sizeof grandchild);
    if (waitpid(grandchild, &status, 0) < 0) puts("none");
    else printf("%d\n", WEXITSTATUS(status));
}
