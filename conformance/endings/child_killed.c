// What kills a child leaves the first process alone; it tells how its child ended.
// outcome: 11 => ok
// source: argument; waitpid(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    if (fork() == 0) { raise(SIGSEGV); _exit(0); }
    wait(&status);
    printf("%d\n", WTERMSIG(status));
}
