// A process has its limit of descriptors lowered by another one while it duplicates a descriptor.
// outcome: done => ok
// outcome: too many => ok
// source: argument; prlimit(2)
#define _GNU_SOURCE
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) {
        if (dup(1) < 0) write(1, "too many\n", 9);
        else write(1, "done\n", 5);
        _exit(0);
    }
    struct rlimit low = {3, 3};
    prlimit(child, RLIMIT_NOFILE, &low, NULL);
    wait(NULL);
}
