// Each stores to one half of a word and then loads the other one's: a processor may load before its own store is seen, within a word too.
// outcome: 0 | 1 => ok
// outcome: 1 | 0 => ok
// outcome: 1 | 1 => ok
// outcome: 0 | 0 => ok
// source: argument; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3, 9.2.3.4; seen on a machine with two processors
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int spoken[2];
    pipe(spoken);
    volatile int *halves = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) {
        char token;
        halves[0] = 1;
        int other = halves[1];
        read(spoken[0], &token, 1);
        printf("%d\n", other);
        _exit(0);
    }
    halves[1] = 1;
    printf("%d\n", halves[0]);
    write(spoken[1], "x", 1);
    wait(NULL);
}
