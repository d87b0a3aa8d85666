// lockf(3) locks from where the file stands. The second byte is locked by the first child; the second child moves the place that it shares with
// its parent, which tries to lock one byte there.
// outcome: first byte => ok
// outcome: not the second => ok
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
    int mover = fork();
    if (mover == 0) { lseek(file, 1, SEEK_SET); _exit(0); }
    puts(lockf(file, F_TLOCK, 1) == 0 ? "first byte" : "not the second");
    kill(holder, SIGKILL);
    while (wait(NULL) > 0) continue;
}
