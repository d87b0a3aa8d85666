// A handler sets a flag, and no call lies between the byte that lets the signal come and the look at the flag.
// outcome: early => ok
// outcome: late => ok
// source: argument; signal(7): a handler may run between any two instructions
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t flag;
static void on_signal(int signal) { flag = 1; }

int main(void) {
    int go[2];
    char byte;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    pipe(go);
    pid_t parent = getpid();
    if (fork() == 0) {
        read(go[0], &byte, 1);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    write(go[1], "x", 1);
    if (flag)
        write(1, "early\n", 6);
    else
        write(1, "late\n", 5);
    while (wait(NULL) > 0) continue;
}
