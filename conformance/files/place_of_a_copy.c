// An open that fails, and then a copy of what was inherited: it has the number that the new file would have had, and a place that is shared.
// outcome: child a | parent b => ok
// outcome: parent b | child a => ok
// outcome: child b | parent a => ok
// outcome: parent a | child b => ok
// source: argument; dup(2), open(2)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int f = open("f", O_CREAT | O_RDWR, 0600);
    pwrite(f, "ab", 2, 0);
    if (fork() == 0) {
        open("f", O_CREAT | O_EXCL | O_RDWR, 0600);
        int copy = dup(f);
        close(f);
        read(copy, &x, 1);
        printf("child %c\n", x);
        exit(0);
    }
    read(f, &x, 1);
    printf("parent %c\n", x);
    wait(NULL);
}
