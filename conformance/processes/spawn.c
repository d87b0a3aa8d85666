// Two programs are started with posix_spawn(3); they speak in any order.
// outcome: a | b | end => ok
// outcome: b | a | end => ok
// source: argument; posix_spawn(3)
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

extern char **environ;
int main(void) {
    char *a[] = {"echo", "a", NULL}, *b[] = {"echo", "b", NULL};
    pid_t pid;
    setvbuf(stdout, NULL, _IOLBF, 0);
    posix_spawnp(&pid, "echo", NULL, NULL, a, environ);
    posix_spawnp(&pid, "echo", NULL, NULL, b, environ);
    while (wait(NULL) > 0) continue;
    puts("end");
}
