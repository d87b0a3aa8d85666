// A child is stopped and continued at once. If the stop has not come by then, it never does (signal(7)).
// outcome: none => ok
// outcome: continued => ok
// source: argument: kill(2) does not wait
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int s = 0;
    pid_t c = fork();
    if (c == 0) { pause(); _exit(0); }
    kill(c, SIGSTOP);
    kill(c, SIGCONT);
    int n = waitpid(c, &s, WNOHANG | WUNTRACED | WCONTINUED);
    printf("%s\n", n == 0 ? "none" : WIFCONTINUED(s) ? "continued" : "stopped");
    kill(c, SIGKILL);
    wait(NULL);
}
