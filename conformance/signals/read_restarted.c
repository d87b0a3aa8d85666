// A handler with SA_RESTART interrupts a read from a pipe, which goes on and gets its byte.
// outcome: h | got x => ok
// source: signal(7), SA_RESTART; the byte is written only after the signal was sent
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    int p[2];
    char x = '?';
    pid_t me = getpid();
    pipe(p);
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); write(p[1], "x", 1); _exit(0); }
    read(p[0], &x, 1);
    printf("got %c\n", x);
    fflush(stdout);
    wait(NULL);
}
