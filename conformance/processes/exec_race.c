// A child becomes echo(1), and its parent speaks without waiting.
// outcome: hello | parent => ok
// outcome: parent | hello => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { execlp("echo", "echo", "hello", NULL); _exit(127); }
    puts("parent");
    waitpid(child, NULL, 0);
}
