// A group of two is killed, and its parent counts at once who is dead.
// outcome: 0 => ok
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument: kill(2) does not wait
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], n = 0;
    char t[2];
    pipe(p);
    pid_t c = fork();
    if (c == 0) { setpgid(0, 0); write(p[1], "x", 1); pause(); _exit(0); }
    read(p[0], t, 1);
    if (fork() == 0) { setpgid(0, c); write(p[1], "x", 1); pause(); _exit(0); }
    read(p[0], t, 1);
    kill(-c, SIGTERM);
    while (waitpid(-1, NULL, WNOHANG) > 0) n++;
    printf("%d\n", n);
    while (wait(NULL) > 0) continue;
}
