// A lock is freed when its holder is killed: the parent, which waits for it, goes on.
// outcome: parent => ok
// outcome: child | parent => ok
// source: argument; flock(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    close(open("file", O_CREAT | O_RDWR, 0600));
    pid_t child = fork();
    if (child == 0) {
        flock(open("file", O_RDWR), LOCK_EX);
        write(p[1], "x", 1);
        puts("child");
        for (;;) pause();
    }
    read(p[0], &x, 1);
    kill(child, SIGKILL);
    flock(open("file", O_RDWR), LOCK_EX);
    puts("parent");
    wait(NULL);
}
