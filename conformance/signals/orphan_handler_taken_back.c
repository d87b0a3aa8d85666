// The same, of one who has a handler first, and takes it back.
// outcome: end => ok
// outcome: heard | end => ok
// outcome: heard | heard | end => ok
// source: argument; PR_SET_CHILD_SUBREAPER(2const); signal(7): of one number only the first stays pending
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
    struct sigaction action = {.sa_handler = heard, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() == 0) {
        fork();
        _exit(0);
    }
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL);
    while (wait(NULL) > 0)
        continue;
    write(1, "end\n", 4);
}
