// epoll_wait(2) fails when its process goes on after a stop; what came before that is told all the same.
// outcome: -1 interrupted => ok
// outcome: 1 - => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int p[2], e = epoll_create1(0); pipe(p); struct epoll_event v = {EPOLLIN, {0}};
    epoll_ctl(e, EPOLL_CTL_ADD, p[0], &v); pid_t c;
    if (!(c = fork())) {
        close(p[1]);
        int n = epoll_wait(e, &v, 1, -1);
        printf("%d %s\n", n, n < 0 ? "interrupted" : "-");
        exit(0);
    }
    kill(c, SIGSTOP);
    waitpid(c, 0, WUNTRACED);
    kill(c, SIGCONT);
    write(p[1], "x", 1);
    while (wait(NULL) > 0) continue;
}
