// A handler runs on a stack in shared memory, where the kernel begins it; it finds what the parent has stored, or not yet.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; sigaltstack(2)
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 65536 };
static volatile int *value;

static void handler(int signal) {
    printf("%d\n", *value);
    exit(0);
}

int main(void) {
    value = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) {
        stack_t stack = {.ss_sp = memory, .ss_size = SIZE};
        struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
        sigaltstack(&stack, NULL);
        sigaction(SIGUSR1, &action, NULL);
        raise(SIGUSR1);
        exit(1);
    }
    *value = 1;
    wait(NULL);
}
