// Two processes each map a file of shared memory once they are two, and add one to a number in it.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; shm_open(3), mmap(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int *map(void) {
    int file = shm_open("/conformance-mapped-after-fork", O_RDWR, 0);
    return mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

int main(void) {
    shm_unlink("/conformance-mapped-after-fork");
    int file = shm_open("/conformance-mapped-after-fork", O_CREAT | O_RDWR, 0600);
    ftruncate(file, sizeof(int));
    pid_t child = fork();
    volatile int *number = map();
    *number = *number + 1;
    if (child == 0) _exit(0);
    wait(NULL);
    printf("%d\n", *number);
    shm_unlink("/conformance-mapped-after-fork");
}
