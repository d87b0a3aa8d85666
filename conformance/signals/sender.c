// A handler is told who has sent the signal.
// outcome: child => ok
// source: sigaction(2), si_pid
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t sender;
static void on_signal(int signal, siginfo_t *info, void *context) { sender = info->si_pid; }
int main(void) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    pid_t me = getpid();
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); _exit(0); }
    waitpid(child, NULL, 0);
    puts(sender == child ? "child" : "?");
}
