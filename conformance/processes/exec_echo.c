// A child becomes echo(1); the parent speaks before, and waits.
// outcome: before | hello | after => ok
// source: execve(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("before");
    pid_t child = fork();
    if (child == 0) { execlp("echo", "echo", "hello", NULL); _exit(127); }
    waitpid(child, NULL, 0);
    puts("after");
}
