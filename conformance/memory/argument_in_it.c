// The argument of a program that is executed lies in shared memory, and is changed by another process meanwhile.
// outcome: a => ok
// outcome: b => ok
// source: argument; seen in plain runs
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    char *argument = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(argument, "a");
    if (fork() == 0) { ((volatile char *)argument)[0] = 'b'; _exit(0); }
    execl("/bin/echo", "echo", argument, NULL);
}
