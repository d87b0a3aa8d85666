// exec fails and returns; the child tells it with its status.
// outcome: 127 => ok
// source: execve(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    pid_t child = fork();
    if (child == 0) { execl("./no-such-program", "no", NULL); _exit(127); }
    waitpid(child, &status, 0);
    printf("%d\n", WEXITSTATUS(status));
}
