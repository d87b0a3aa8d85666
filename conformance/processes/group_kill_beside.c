// One child kills a process group and speaks; another one, which is not in that group, has nothing to do with it.
// outcome: b | c => ok
// outcome: c | b => ok
// source: argument; kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t group = fork();
    if (group == 0) for (;;) pause();
    setpgid(group, group);
    pid_t b = fork();
    if (b == 0) { puts("b"); exit(0); }
    pid_t c = fork();
    if (c == 0) { kill(-group, SIGKILL); puts("c"); exit(0); }
    waitpid(b, NULL, 0);
    waitpid(c, NULL, 0);
    waitpid(group, NULL, 0);
}
