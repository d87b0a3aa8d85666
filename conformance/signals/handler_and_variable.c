// main adds one in two steps, with a word between, and the handler adds ten: the ten may be lost.
// outcome: add | 11 => ok
// outcome: add | 1 => ok
// source: argument: a load, a write(2), a store; the handler comes before, between or after
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int number;
static void on_signal(int signal) { number += 10; }
int main(void) {
    pid_t me = getpid();
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGUSR1, on_signal);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); _exit(0); }
    int seen = number;
    write(1, "add\n", 4);
    number = seen + 1;
    waitpid(child, NULL, 0);
    printf("%d\n", number);
}
