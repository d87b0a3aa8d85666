// Functions of atexit(3) run in the reverse order; a child made by fork inherits them, and _exit(2) runs none.
// outcome: child | two | one | silent | two | one => exit 3
// source: atexit(3), _exit(2)
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void one(void) { write(1, "one\n", 4); }
static void two(void) { write(1, "two\n", 4); }
int main(void) {
    atexit(one);
    atexit(two);
    if (fork() == 0) { write(1, "child\n", 6); exit(0); }
    wait(NULL);
    if (fork() == 0) { write(1, "silent\n", 7); _exit(0); }
    wait(NULL);
    exit(3);
}
