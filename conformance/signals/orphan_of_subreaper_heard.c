// A subreaper sets a handler before an orphan ends, or after it.
// outcome: heard | end => ok
// outcome: end => ok
// source: argument; PR_SET_CHILD_SUBREAPER(2const)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void heard(int signal) {
    (void)signal;
    write(1, "heard\n", 6);
}

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t child = fork();
    if (child == 0) {
        fork();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    struct sigaction action = {.sa_handler = heard, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    wait(NULL);
    write(1, "end\n", 4);
}
