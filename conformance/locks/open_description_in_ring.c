// One has a lock of its process and waits for one that an open file has; for that open file the other one waits for the first lock. Only who waits for
// its process is refused, and only if it comes later.
// outcome: a refused | b has both => ok
// outcome: a has both | b has both => ok
// outcome: b has both | a has both => ok
// outcome: (nothing) => deadlock
// source: argument; fcntl(2), EDEADLK (`posix_locks_deadlock` and `__locks_insert_block` of the kernel)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("file", O_CREAT | O_RDWR, 0600));
    for (int i = 0; i < 2; i++)
        if ((child[i] = fork()) == 0) {
            int file = open("file", O_RDWR), how = i == 0 ? F_SETLKW : F_OFD_SETLKW;
            struct flock lock = {F_WRLCK, SEEK_SET, i, 1};
            fcntl(file, how, &lock);
            lock.l_start = !i;
            printf("%c %s\n", 'a' + i, fcntl(file, how, &lock) == 0 ? "has both" : "refused");
            exit(0);
        }
    for (int i = 0; i < 2; i++)
        waitpid(child[i], NULL, 0);
}
