// A line in two writes is torn by another's line, or not.
// outcome: left right | x => ok
// outcome: x | left right => ok
// outcome: left x | right => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) { write(1, "x\n", 2); _exit(0); }
    write(1, "left ", 5);
    write(1, "right\n", 6);
    waitpid(child, NULL, 0);
}
