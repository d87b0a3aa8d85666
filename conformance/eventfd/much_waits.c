// There is room in an eventfd for one, but not for so much more: whoever comes second waits until the parent has read.
// outcome: 1 | 18446744073709551614 => ok
// outcome: 18446744073709551614 | 1 => ok
// source: argument; eventfd(2)
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int e = eventfd(0, 0);
    uint64_t adds[2] = {UINT64_MAX - 1, 1}, sum;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { write(e, &adds[i], 8); _exit(0); }
    for (int i = 0; i < 2; i++) { read(e, &sum, 8); printf("%" PRIu64 "\n", sum); }
    while (wait(NULL) > 0);
}
