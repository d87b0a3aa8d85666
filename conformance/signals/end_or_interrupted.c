// A parent waits for one child while another sends it a signal, whose handler does not restart calls.
// outcome: EINTR => ok
// outcome: 3 => ok
// source: signal(7), wait(2): only a wait that has begun is interrupted, and none that finds the child ended
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int signal) {
    (void)signal;
}

int main(void) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    pid_t parent = getpid(), awaited = fork();
    if (awaited == 0) _exit(3);
    if (fork() == 0) {
        kill(parent, SIGUSR1);
        _exit(0);
    }
    int status;
    if (waitpid(awaited, &status, 0) < 0) puts("EINTR");
    else printf("%d\n", WEXITSTATUS(status));
    while (wait(NULL) > 0) continue;
}
