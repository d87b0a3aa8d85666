// The same without a word between load and store: an update is lost, or not.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *counter = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int seen;
    if (fork() == 0) { seen = *counter; *counter = seen + 1; exit(0); }
    seen = *counter;
    *counter = seen + 1;
    wait(NULL);
    printf("%d\n", *counter);
}
