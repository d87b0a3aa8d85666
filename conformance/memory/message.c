// Who sees the flag sees what was stored before it.
// outcome: 42 => ok
// outcome: not yet => ok
// source: argument; C11, 5.1.2.4
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    _Atomic int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) { shared[0] = 42; shared[1] = 1; _exit(0); }
    if (shared[1]) printf("%d\n", shared[0]);
    else puts("not yet");
    wait(NULL);
}
