// The parent waits for any child of one process group; the other child ends too, and is not heard of.
// outcome: a 1 | b 2 => ok
// source: argument; waitpid(2), setpgid(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a = fork();
    if (a == 0) { setpgid(0, 0); _exit(1); }
    setpgid(a, a);
    if (fork() == 0) _exit(2);
    waitpid(-a, &status, 0);
    printf("a %d\n", WEXITSTATUS(status));
    wait(&status);
    printf("b %d\n", WEXITSTATUS(status));
}
