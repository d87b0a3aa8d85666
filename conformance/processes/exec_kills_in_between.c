// The parent kills a child that is about to become echo(1).
// outcome: hello | killed => ok
// outcome: hello | exited => ok
// outcome: killed => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { execlp("echo", "echo", "hello", NULL); _exit(127); }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "exited");
}
