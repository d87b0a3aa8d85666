// Two processes share memory by name; the second store stays.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; shm_open(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    shm_unlink("/conformance-shm");
    int file = shm_open("/conformance-shm", O_CREAT | O_RDWR, 0600);
    ftruncate(file, 4096);
    volatile int *number = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) { *number = i; _exit(0); }
    while (wait(NULL) > 0) continue;
    shm_unlink("/conformance-shm");
    printf("%d\n", *number);
}
