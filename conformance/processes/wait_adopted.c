// A grandparent that adopts orphans looks twice for its grandchild by its number, which becomes its child at any moment, and ends at any moment.
// outcome: lives | lives => ok
// outcome: lives | reaped => ok
// outcome: no child | lives => ok
// outcome: no child | no child => ok
// outcome: no child | reaped => ok
// outcome: reaped => ok
// source: argument; PR_SET_CHILD_SUBREAPER of prctl(2), waitpid(2)
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    int told[2];
    pipe(told);
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild > 0) write(told[1], &grandchild, sizeof grandchild);
        _exit(0);
    }
    pid_t grandchild, found = 0;
    read(told[0], &grandchild, sizeof grandchild);
    for (int look = 0; look < 2 && found != grandchild; look++) {
        found = waitpid(grandchild, NULL, WNOHANG);
        puts(found == grandchild ? "reaped" : found < 0 ? "no child" : "lives");
    }
    while (wait(NULL) > 0) {}
}
