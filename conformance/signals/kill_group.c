// One kill(2) ends a whole process group; what its members say comes before their end.
// outcome: end => ok
// outcome: a | end => ok
// outcome: b | end => ok
// outcome: a | b | end => ok
// outcome: b | a | end => ok
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    pid_t a = fork();
    if (a == 0) { setpgid(0, 0); puts("a"); for (;;) pause(); }
    setpgid(a, a);
    pid_t b = fork();
    if (b == 0) { setpgid(0, a); puts("b"); for (;;) pause(); }
    setpgid(b, a);
    kill(-a, SIGKILL);
    while (wait(NULL) > 0) continue;
    puts("end");
}
