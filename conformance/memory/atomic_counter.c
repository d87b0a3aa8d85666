// Atomic additions lose nothing; who was first is open.
// outcome: 2 => ok
// source: argument; C11, 7.17
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *counter = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { atomic_fetch_add(counter, 1); _exit(0); }
    atomic_fetch_add(counter, 1);
    wait(NULL);
    printf("%d\n", atomic_load(counter));
}
