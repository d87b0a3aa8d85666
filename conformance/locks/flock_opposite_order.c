// Two locks are taken in opposite order.
// outcome: end => ok
// outcome: (nothing) => deadlock
// source: argument; flock(2) looks for no deadlock
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    close(open("1", O_CREAT | O_RDWR, 0600));
    close(open("2", O_CREAT | O_RDWR, 0600));
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            flock(open(i == 0 ? "1" : "2", O_RDWR), LOCK_EX);
            flock(open(i == 0 ? "2" : "1", O_RDWR), LOCK_EX);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    puts("end");
}
