// A process stops itself while another one kills it, and then continues it: whichever comes first, it is dead in the end.
// outcome: killed => ok
// source: argument; signal(7): SIGTERM is deadly unless it is caught or blocked; a stopped process gets it when it is continued; SIGCONT comes after it here
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) { kill(getpid(), SIGSTOP); _exit(0); }
    int status = 0;
    kill(child, SIGTERM);
    if (waitpid(child, &status, WNOHANG) == 0) {
        kill(child, SIGCONT);
        waitpid(child, &status, 0);
    }
    if (WIFSIGNALED(status)) write(1, "killed\n", 7);
    else write(1, "ended\n", 6);
}
