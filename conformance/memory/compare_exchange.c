// Two processes try to set the same word from zero: one does.
// outcome: a => ok
// outcome: b => ok
// source: argument
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    atomic_int *owner = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            int none = 0;
            if (atomic_compare_exchange_strong(owner, &none, i + 1)) printf("%c\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
