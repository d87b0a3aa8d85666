// A variable says whose turn it is.
// outcome: ping | pong | ping => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *turn = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    int me = fork() == 0;
    for (int i = me; i < 2; i++) {
        while (*turn != me) usleep(100);
        puts(me ? "pong" : "ping");
        *turn = 1 - me;
    }
    if (!me) wait(NULL);
}
