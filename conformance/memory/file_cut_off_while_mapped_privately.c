// A file is cut off by one process while another one has a mapping of its own of it: who comes too late dies of the look.
// outcome: looked => ok
// outcome: (nothing) => killed by SIGBUS
// source: argument; mmap(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    int file = open("file", O_CREAT | O_RDWR, 0600);
    ftruncate(file, 4096);
    char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    if (fork() == 0) {
        getppid();
        if (memory[0] == 0) dprintf(1, "looked\n");
        _exit(0);
    }
    ftruncate(file, 0);
    wait(&status);
    if (WIFSIGNALED(status)) raise(WTERMSIG(status));
}
