// The last line never ends.
// outcome: ab \ => ok
// outcome: ba \ => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) { write(1, "a", 1); _exit(0); }
    write(1, "b", 1);
    waitpid(child, NULL, 0);
}
