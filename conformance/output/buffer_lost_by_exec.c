// exec throws the buffer away.
// outcome: new | parent => ok
// source: execve(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { puts("old"); execlp("echo", "echo", "new", NULL); _exit(127); }
    wait(NULL);
    puts("parent");
}
