// A sleep is interrupted by a signal, and goes on for the rest if the program asks for that.
// outcome: slept => ok
// outcome: interrupted | slept => ok
// source: argument; nanosleep(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    struct timespec rest = {0, 3000000};
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGUSR1, on_signal);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    while (nanosleep(&rest, &rest) < 0) puts("interrupted");
    puts("slept");
    wait(NULL);
}
