// sigtimedwait(2) with no time at all looks, and does not wait.
// outcome: none => ok
// outcome: USR1 => ok
// source: argument; sigtimedwait(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    sigset_t usr1;
    struct timespec zero = {0, 0};
    pid_t me = getpid();
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    puts(sigtimedwait(&usr1, NULL, &zero) == SIGUSR1 ? "USR1" : "none");
    wait(NULL);
}
