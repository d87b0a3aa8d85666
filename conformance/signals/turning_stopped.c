// A child that turns in an endless loop is stopped, goes on, and is ended.
// outcome: stopped | ended 15 => ok
// source: argument
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int s;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t c = fork();
    if (c == 0) for (;;) continue;
    kill(c, SIGSTOP);
    waitpid(c, &s, WUNTRACED);
    puts(WIFSTOPPED(s) ? "stopped" : "?");
    kill(c, SIGCONT); kill(c, SIGTERM);
    wait(&s);
    printf("ended %d\n", WTERMSIG(s));
}
