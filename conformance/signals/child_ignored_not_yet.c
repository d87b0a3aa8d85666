// SIGCHLD is ignored, so nobody waits for a child: when its pipe has ended it may be there still, or be gone.
// outcome: gone => ok
// outcome: there => ok
// source: argument; wait(2), kill(2)
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    int p[2]; char c; pipe(p);
    pid_t child = fork();
    if (!child) _exit(0);
    close(p[1]);
    read(p[0], &c, 1);
    puts(kill(child, 0) ? "gone" : "there");
}
