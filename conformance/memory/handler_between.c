// A handler adds ten between a load and a store, before, or after them.
// outcome: 1 => ok
// outcome: 11 => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int *count;
static void add(int signal) { (void)signal; *count += 10; }

int main(void) {
    count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    signal(SIGUSR1, add);
    if (fork() == 0) { kill(getppid(), SIGUSR1); _exit(0); }
    int seen = *count;
    *count = seen + 1;
    while (wait(NULL) < 0) continue;
    printf("%d\n", *count);
}
