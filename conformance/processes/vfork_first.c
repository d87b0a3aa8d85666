// vfork(2): the parent goes on only when the child has ended.
// outcome: child | parent => ok
// source: vfork(2)
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = vfork();
    if (child == 0) { write(1, "child\n", 6); _exit(0); }
    write(1, "parent\n", 7);
    waitpid(child, NULL, 0);
}
