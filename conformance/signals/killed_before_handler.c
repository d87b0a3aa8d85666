// A child is sent a signal that it handles, and one that kills it: the handler may run before the second one comes, or not at all.
// outcome: killed => ok
// outcome: handled | killed => ok
// source: argument; signal(7)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void handle(int signal) { write(1, "handled\n", 8); }

int main(void) {
    signal(SIGUSR1, handle);
    pid_t child = fork();
    if (child == 0)
        for (;;) pause();
    kill(child, SIGUSR1);
    kill(child, SIGTERM);
    int status;
    waitpid(child, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "lives");
}
