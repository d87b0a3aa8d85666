// waitpid(2) tells of the continuation of a stopped child, if one asks for it.
// outcome: stopped | continued | exited => ok
// source: waitpid(2), WCONTINUED
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], status;
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    pid_t child = fork();
    if (child == 0) { close(p[1]); raise(SIGSTOP); read(p[0], &x, 1); _exit(0); }
    waitpid(child, &status, WUNTRACED);
    if (WIFSTOPPED(status)) puts("stopped");
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    if (WIFCONTINUED(status)) puts("continued");
    close(p[1]);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) puts("exited");
}
