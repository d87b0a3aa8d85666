// A parent waits for all its children and has their statuses written to shared memory; the youngest child, which returns 0, says what it finds there.
// outcome: 0 | done => ok
// outcome: 1 | done => ok
// outcome: 2 | done => ok
// source: argument
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *status = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    if (fork() == 0) {
        printf("%d\n", WEXITSTATUS(*(volatile int *)status));
        fflush(stdout);
        _exit(0);
    }
    while (wait(status) > 0) {}
    puts("done");
}
