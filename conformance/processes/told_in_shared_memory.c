// A parent waits for all its children and counts in shared memory of how many it was told; the youngest child says what it finds there.
// outcome: 0 | done => ok
// outcome: 1 | done => ok
// outcome: 2 | done => ok
// source: argument
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) _exit(0);
    if (fork() == 0) {
        printf("%d\n", *told);
        fflush(stdout);
        _exit(0);
    }
    while (wait(NULL) > 0) ++*told;
    puts("done");
}
