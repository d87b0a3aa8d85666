// A counter in a file is read and written under a lock: nothing is lost.
// outcome: 2 => ok
// source: argument; flock(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char digit = '0';
    int file = open("count", O_CREAT | O_RDWR, 0600);
    pwrite(file, &digit, 1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            flock(open("count", O_RDWR), LOCK_EX);
            pread(file, &digit, 1, 0);
            digit++;
            pwrite(file, &digit, 1, 0);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    pread(file, &digit, 1, 0);
    printf("%c\n", digit);
}
