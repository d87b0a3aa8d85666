// The same with a lock of the open file (F_OFD_SETLKW), of a file without a name.
// outcome: child | parent => ok
// outcome: parent | child => ok
// source: argument; fcntl(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    char name[40];
    struct flock whole = {.l_type = F_WRLCK};
    int made = memfd_create("file", 0);
    ftruncate(made, 4096);
    snprintf(name, sizeof name, "/proc/self/fd/%d", made);
    int child = fork();
    int file = open(name, O_RDWR);
    fcntl(file, F_OFD_SETLKW, &whole);
    if (child == 0) {
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        printf("child\n");
        _exit(0);
    }
    printf("parent\n");
    whole.l_type = F_UNLCK;
    fcntl(file, F_OFD_SETLK, &whole);
    wait(NULL);
}
