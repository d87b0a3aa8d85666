// Who has read to the end of a dead one's pipe may find its lock (flock(2)) still taken: that of a lower descriptor goes later.
// outcome: free => ok
// outcome: taken => ok
// source: argument: the kernel closes files one by one, last first (task_work_add of Linux since 4.3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int lock = dup(0), ends[2];
    pipe(ends);
    if (fork() == 0) {
        // So that the lock has the lower descriptor.
        dup2(open("file", O_CREAT | O_RDWR, 0600), lock);
        for (int fd = ends[1] + 1; fd < ends[1] + 4; fd++) close(fd);
        flock(lock, LOCK_EX);
        return 0;
    }
    close(ends[1]);
    char letter;
    read(ends[0], &letter, 1);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    puts(flock(file, LOCK_EX | LOCK_NB) == 0 ? "free" : "taken");
    wait(NULL);
}
