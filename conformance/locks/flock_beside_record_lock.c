// A lock of flock(2) and one of fcntl(2) on one file do not see each other; who has the file open as well ends before or after it is locked.
// outcome: c0 | d-1 | p0 => ok
// outcome: c0 | d0 | p-1 => ok
// outcome: c0 | d0 | p0 => ok
// outcome: c0 | p-1 | d0 => ok
// outcome: c0 | p0 | d-1 => ok
// outcome: d-1 | c0 | p0 => ok
// outcome: d-1 | p0 | c0 => ok
// outcome: d0 | c0 | p-1 => ok
// outcome: d0 | c0 | p0 => ok
// outcome: d0 | p-1 | c0 => ok
// outcome: d0 | p0 | c0 => ok
// outcome: p-1 | c0 | d0 => ok
// outcome: p-1 | d0 | c0 => ok
// outcome: p0 | c0 | d-1 => ok
// outcome: p0 | d-1 | c0 => ok
// source: argument; flock(2), fcntl(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        struct flock whole = {.l_type = F_WRLCK};
        printf("c%d\n", fcntl(open("file", O_RDWR), F_SETLK, &whole));
        _exit(0);
    }
    if (fork() == 0) {
        printf("d%d\n", flock(open("file", O_RDWR), LOCK_EX | LOCK_NB));
        _exit(0);
    }
    printf("p%d\n", flock(file, LOCK_EX | LOCK_NB));
    while (wait(NULL) > 0);
}
