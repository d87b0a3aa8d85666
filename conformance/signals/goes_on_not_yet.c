// Who is continued tells its parent so by SIGCHLD, but only once it runs again. kill(2) does not wait for that.
// outcome: told => ok
// outcome: not told => ok
// source: argument: kill(2) does not wait
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t child = fork();
    if (child == 0) { raise(SIGSTOP); pause(); _exit(0); }
    // It has stopped.
    int signal;
    sigwait(&set, &signal);
    kill(child, SIGCONT);
    sigpending(&set);
    puts(sigismember(&set, SIGCHLD) ? "told" : "not told");
    kill(child, SIGKILL);
    wait(NULL);
}
