// A file that is still empty is mapped, and looked at, while another process makes it longer.
// outcome: 0 => ok
// outcome: (nothing) => killed by SIGBUS
// source: argument; mmap(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    if (fork() == 0) {
        ftruncate(fd, 4096);
        _exit(0);
    }
    volatile int *number = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int seen = *number;
    dprintf(1, "%d\n", seen);
    wait(NULL);
}
