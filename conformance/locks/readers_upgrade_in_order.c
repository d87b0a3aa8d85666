// Three come to have a shared lock of fcntl(2), first b, then c, then a, and all want it exclusively. Each waits for the first of the others: a for b, b for
// c, and c for b; so b or c is refused, whoever asks later, and lets go by its end. Then of the two that are left the later one is.
// outcome: b | c | a alone => ok
// outcome: b | a | c alone => ok
// outcome: c | b | a alone => ok
// outcome: c | a | b alone => ok
// source: argument; fcntl(2), EDEADLK (`posix_locks_deadlock` of the kernel)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct flock shared = {F_RDLCK, SEEK_SET, 0, 0}, alone = {F_WRLCK, SEEK_SET, 0, 0};
    int start[3][2], has[2], order[] = {1, 2, 0};
    pid_t child[3];
    char byte;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    pipe(has);
    for (int i = 0; i < 3; i++)
        pipe(start[i]);
    for (int i = 0; i < 3; i++)
        if ((child[i] = fork()) == 0) {
            read(start[i][0], &byte, 1);
            fcntl(file, F_SETLK, &shared);
            write(has[1], "x", 1);
            read(start[i][0], &byte, 1);
            printf(fcntl(file, F_SETLKW, &alone) == 0 ? "%c alone\n" : "%c\n", 'a' + i);
            exit(0);
        }
    for (int i = 0; i < 3; i++) {
        write(start[order[i]][1], "x", 1);
        read(has[0], &byte, 1);
    }
    for (int i = 0; i < 3; i++)
        write(start[i][1], "x", 1);
    for (int i = 0; i < 3; i++)
        waitpid(child[i], NULL, 0);
}
