// Shared memory is made, and made long, in two steps. Who opens and maps it in between dies of the first look.
// outcome: not there => ok
// outcome: nothing in it => ok
// outcome: (nothing) => killed by SIGBUS
// source: argument; shm_open(3), mmap(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "/conformance-mapped_not_long_enough_yet"

int main(void) {
    shm_unlink(NAME);
    if (fork() == 0) {
        int made = shm_open(NAME, O_CREAT | O_RDWR, 0600);
        ftruncate(made, 4096);
        _exit(0);
    }
    int found = shm_open(NAME, O_RDWR, 0600);
    if (found < 0) {
        puts("not there");
    } else {
        char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, found, 0);
        if (memory[0] == 0) puts("nothing in it");
    }
    wait(NULL);
    shm_unlink(NAME);
}
