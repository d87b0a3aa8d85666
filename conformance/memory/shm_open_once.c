// Two processes create shared memory of one name with O_EXCL: one of them does.
// outcome: a => ok
// outcome: b => ok
// source: argument; shm_open(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    shm_unlink("/conformance-shm-once");
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            if (shm_open("/conformance-shm-once", O_CREAT | O_EXCL | O_RDWR, 0600) >= 0) printf("%c\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
    shm_unlink("/conformance-shm-once");
}
