// A child goes on after a stop, and ends. Its parent is told of both, and may hear of that once, since signals of one number merge.
// outcome: heard, heard, waited => ok
// outcome: heard, waited => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void hear(int signal) { write(1, "heard, ", 7); }
int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t child = fork();
    if (child == 0) { raise(SIGSTOP); _exit(0); }
    // It has stopped.
    int signal;
    sigwait(&set, &signal);
    struct sigaction action = {.sa_handler = hear, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    kill(child, SIGCONT);
    waitpid(child, NULL, 0);
    write(1, "waited\n", 7);
}
