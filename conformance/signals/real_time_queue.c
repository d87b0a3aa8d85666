// Real-time signals queue: none of three is lost.
// outcome: 3 => ok
// source: signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int count;
static void on_signal(int signal) { count++; }
int main(void) {
    pid_t me = getpid();
    signal(SIGRTMIN, on_signal);
    pid_t child = fork();
    if (child == 0) { for (int i = 0; i < 3; i++) kill(me, SIGRTMIN); _exit(0); }
    waitpid(child, NULL, 0);
    printf("%d\n", count);
}
