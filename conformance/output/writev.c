// writev(2) writes its parts as one.
// outcome: left right | x => ok
// outcome: x | left right => ok
// source: argument; writev(2)
#define _GNU_SOURCE
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct iovec parts[2] = {{"left ", 5}, {"right\n", 6}};
    pid_t child = fork();
    if (child == 0) { write(1, "x\n", 2); _exit(0); }
    writev(1, parts, 2);
    waitpid(child, NULL, 0);
}
