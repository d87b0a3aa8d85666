// A child locks ten bytes from where a file stands, while its parent, who has the same open file, moves on; a grandchild tells which bytes are locked.
// outcome: from 0 => ok
// outcome: from 5 => ok
// source: argument; lockf(3), fork(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        lockf(file, F_LOCK, 10);
        if (fork() == 0) {
            int other = open("file", O_RDWR);
            puts(lockf(other, F_TEST, 1) < 0 ? "from 0" : "from 5");
            return 0;
        }
        wait(NULL);
        _exit(0);
    }
    lseek(file, 5, SEEK_SET);
    wait(NULL);
}
