// The parent asks which signals are pending while its child sends one.
// outcome: no => ok
// outcome: yes => ok
// source: argument; sigpending(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t usr1, pending;
    pid_t me = getpid();
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); _exit(0); }
    sigpending(&pending);
    puts(sigismember(&pending, SIGUSR1) ? "yes" : "no");
    waitpid(child, NULL, 0);
}
