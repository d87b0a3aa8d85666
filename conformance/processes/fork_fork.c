// fork(2) twice makes four processes; each says one letter, and only the first waits, for its own two children.
// The grandchild is waited for by nobody, so it may speak even after the end.
// outcome: x | x | x | x | end => ok
// outcome: x | x | x | end | x => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t first = getpid();
    fork();
    fork();
    puts("x");
    if (getpid() == first) {
        while (wait(NULL) > 0) continue;
        puts("end");
    }
}
