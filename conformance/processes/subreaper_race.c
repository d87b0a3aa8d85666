// A subreaper waits twice for any: its child, and the grandchild that it inherits at the child's end.
// outcome: 1 2 => ok
// source: argument: at one moment the child has ended and the grandchild is the subreaper's, last in its list; Linux looks at the ended children in the order of that list
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int first, second;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0) {
        if (fork() == 0) _exit(2);
        _exit(1);
    }
    wait(&first);
    wait(&second);
    printf("%d %d\n", WEXITSTATUS(first), WEXITSTATUS(second));
}
