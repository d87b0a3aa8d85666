// A handler for the ends of children is taken back while a child may have ended already.
// outcome: heard | end => ok
// outcome: end => ok
// source: argument; sigaction(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void heard(int signal) {
    (void)signal;
    write(1, "heard\n", 6);
}

int main(void) {
    struct sigaction action = {.sa_handler = heard, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0)
        _exit(0);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL);
    wait(NULL);
    write(1, "end\n", 4);
}
