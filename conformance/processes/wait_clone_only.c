// __WCLONE is for children of another kind, of which there is none.
// outcome: none | child => ok
// outcome: child | none => ok
// source: argument; wait(2), __WCLONE
#define _GNU_SOURCE
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "child\n", 6); _exit(0); }
    if (waitpid(-1, NULL, __WCLONE) < 0 && errno == ECHILD) write(1, "none\n", 5);
    wait(NULL);
}
