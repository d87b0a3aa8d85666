// Main turns in a loop without any call until a handler has set a flag.
// outcome: got it => ok
// source: argument
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t flag;
static void on(int s) { flag = 1; }
int main(void) {
    signal(SIGUSR1, on);
    if (fork() == 0) { kill(getppid(), SIGUSR1); _exit(0); }
    while (!flag) continue;
    puts("got it");
    wait(NULL);
}
