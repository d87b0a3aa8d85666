// A memory file is written with write(2) by the child, and read through a mapping by the parent.
// outcome: . => ok
// outcome: x => ok
// source: argument; memfd_create(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = memfd_create("memory", 0);
    write(file, ".", 1);
    volatile char *text = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
    if (fork() == 0) { pwrite(file, "x", 1, 0); _exit(0); }
    printf("%c\n", text[0]);
    wait(NULL);
}
