// The end of the first child is told while its parent kills the second: kill(2) is not interrupted by that.
// outcome: 0 0 | 15 15 => ok
// source: signal(7): kill is none of the calls that fail with EINTR
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_child};
    int one, other;
    pid_t a, b;
    sigaction(SIGCHLD, &action, NULL);
    if ((a = fork()) == 0) for (;;) pause();
    if ((b = fork()) == 0) for (;;) pause();
    int first = kill(a, SIGTERM), second = kill(b, SIGTERM);
    while (waitpid(a, &one, 0) < 0) continue;
    while (waitpid(b, &other, 0) < 0) continue;
    printf("%d %d\n%d %d\n", first, second, WTERMSIG(one), WTERMSIG(other));
}
