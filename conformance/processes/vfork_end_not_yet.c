// A child made by vfork(2) ends; its parent goes on before that end has come, and looks at once.
// outcome: dead 5 => ok
// outcome: live 5 => ok
// source: argument: what vfork(2) waits for is that its memory is given back, which comes before the end; seen
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s;
    pid_t c = vfork();
    if (c == 0) _exit(5);
    int n = waitpid(c, &s, WNOHANG);
    if (n == 0) waitpid(c, &s, 0);
    printf("%s %d\n", n ? "dead" : "live", WEXITSTATUS(s));
}
