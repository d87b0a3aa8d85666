// Without SA_NODEFER the signal waits for the end of its own handler.
// outcome: ( | ) => ok
// outcome: ( | ) | ( | ) => ok
// source: argument; sigaction(2)
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "(\n", 2); write(1, ")\n", 2); }
int main(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    pid_t me = getpid();
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = fork();
    if (child == 0) { kill(me, SIGUSR1); kill(me, SIGUSR1); _exit(0); }
    waitpid(child, NULL, 0);
}
