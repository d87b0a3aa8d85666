// A parent looks again and again, with naps, whether its child has ended.
// outcome: child | ended => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "child\n", 6); _exit(0); }
    while (waitpid(-1, NULL, WNOHANG) == 0) usleep(1000);
    write(1, "ended\n", 6);
}
