// lockf(3) waits for the byte at which the file stands when it begins. That is the first byte, which is free, or the second one, which is locked for
// ever: a child moves the place that it shares with its parent.
// outcome: locked => ok
// outcome: (nothing) => deadlock
// source: argument; lockf(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ready[2];
    char x;
    pipe(ready);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    int holder = fork();
    if (holder == 0) {
        struct flock second = {F_WRLCK, SEEK_SET, 1, 1};
        fcntl(open("file", O_RDWR), F_SETLK, &second);
        write(ready[1], "x", 1);
        pause();
    }
    read(ready[0], &x, 1);
    if (fork() == 0) { lseek(file, 1, SEEK_SET); _exit(0); }
    lockf(file, F_LOCK, 1);
    puts("locked");
    kill(holder, SIGKILL);
    while (wait(NULL) > 0) continue;
}
