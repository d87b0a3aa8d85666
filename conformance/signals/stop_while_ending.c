// Who is stopped while it ends does not stop any more, though it may be there for a moment longer.
// outcome: ended => ok
// outcome: stopped => ok
// outcome: nothing, ended => ok
// outcome: nothing, stopped => ok
// source: argument: kill(2) does not wait
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(1);
    kill(child, SIGSTOP);
    int status;
    if (waitpid(child, &status, WNOHANG | WUNTRACED) == 0) {
        printf("nothing, ");
        waitpid(child, &status, WUNTRACED);
    }
    puts(WIFSTOPPED(status) ? "stopped" : "ended");
    kill(child, SIGKILL);
    wait(NULL);
}
