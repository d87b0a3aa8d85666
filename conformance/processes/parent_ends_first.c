// The parent does not wait: the child may speak after the parent's end, and a shell would have shown its prompt by then.
// outcome: parent | child => exit 2
// outcome: child | parent => exit 2
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) { puts("child"); return 0; }
    puts("parent");
    return 2;
}
