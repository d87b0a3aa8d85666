// Two processes write a letter each, and no newline.
// outcome: ab => ok
// outcome: ba => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "a", 1); _exit(0); }
    write(1, "b", 1);
    wait(NULL);
    write(1, "\n", 1);
}
