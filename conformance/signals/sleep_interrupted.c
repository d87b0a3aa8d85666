// A signal comes before the sleep, or in it.
// outcome: slept => ok
// outcome: interrupted => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGUSR1, on_signal);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    puts(sleep(5) ? "interrupted" : "slept");
    wait(NULL);
}
