// An open file is locked, mapped and closed by its process's end, and with that the lock is gone.
// outcome: child | parent => ok
// outcome: parent | child => ok
// source: argument; flock(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *name = "/conformance-locks-mapped";
    shm_unlink(name);
    int made = shm_open(name, O_CREAT | O_RDWR, 0600);
    ftruncate(made, 4096);
    close(made);
    if (fork() == 0) {
        int file = shm_open(name, O_RDWR, 0600);
        flock(file, LOCK_EX);
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        printf("child\n");
        _exit(0);
    }
    int file = shm_open(name, O_RDWR, 0600);
    flock(file, LOCK_EX);
    printf("parent\n");
    flock(file, LOCK_UN);
    wait(NULL);
}
