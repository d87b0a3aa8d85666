// Three signals to a process that runs: one, two or three of them are handled.
// outcome: 1 => ok
// outcome: 2 => ok
// outcome: 3 => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int count;
static void on_signal(int signal) { count++; }
int main(void) {
    pid_t me = getpid();
    signal(SIGUSR1, on_signal);
    pid_t child = fork();
    if (child == 0) { for (int i = 0; i < 3; i++) kill(me, SIGUSR1); _exit(0); }
    waitpid(child, NULL, 0);
    printf("%d\n", count);
}
