// Lines without a word are lines too.
// outcome:  | a |  => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "\na\n", 3); _exit(0); }
    wait(NULL);
    write(1, "\n", 1);
}
