// What is written to standard output lies in shared memory, and is changed by another process meanwhile.
// outcome: xy => ok
// outcome: xq => ok
// source: argument; seen in plain runs
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char *text = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(text, "xy\n");
    if (fork() == 0) { ((volatile char *)text)[1] = 'q'; _exit(0); }
    write(1, text, 3);
    wait(NULL);
}
