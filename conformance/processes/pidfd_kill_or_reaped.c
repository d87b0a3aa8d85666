// A signal is sent by a pidfd, before or after its process was waited for.
// outcome: ended | sent -1 => ok
// outcome: sent -1 | ended => ok
// outcome: sent 0 | ended => ok
// outcome: ended | sent 0 => ok
// outcome: sent 0 | killed => ok
// outcome: killed | sent 0 => ok
// source: argument; pidfd_send_signal(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t c;
    int y[2];
    pipe(y);
    char t;
    if (!(c = fork())) { exit(3); }
    int f = syscall(SYS_pidfd_open, c, 0);
    if (!fork()) {
        read(y[0], &t, 1);
        int n = syscall(SYS_pidfd_send_signal, f, SIGKILL, 0, 0);
        printf("sent %d\n", n);
        exit(0);
    }
    if (!fork()) { write(y[1], "x", 1); exit(0); }
    int s; waitpid(c, &s, 0); printf("%s\n", WIFSIGNALED(s) ? "killed" : "ended");
}
