// SIGKILL ends a stopped process; SIGTERM would wait for its continuation.
// outcome: stopped | killed 9 => ok
// source: signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t child = fork();
    if (child == 0) { raise(SIGSTOP); _exit(0); }
    waitpid(child, &status, WUNTRACED);
    puts("stopped");
    kill(child, SIGTERM);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    printf("killed %d\n", WTERMSIG(status));
}
