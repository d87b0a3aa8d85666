// Shared memory is made by its name first, and given its size later: whoever opens it in between has nothing to look at.
// outcome: not there => ok
// outcome: 0 => ok
// outcome: (nothing) => killed by SIGBUS
// source: argument; shm_open(3), mmap(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    const char *name = "/conformance-size-not-yet";
    shm_unlink(name);
    if (fork() == 0) {
        ftruncate(shm_open(name, O_RDWR | O_CREAT, 0600), 4096);
        _exit(0);
    }
    int fd = shm_open(name, O_RDWR, 0600);
    if (fd < 0) {
        write(1, "not there\n", 10);
    } else {
        volatile int *number = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        int seen = *number;
        dprintf(1, "%d\n", seen);
    }
    wait(NULL);
}
