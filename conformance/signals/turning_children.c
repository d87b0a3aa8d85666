// Three children turn in endless loops and are interrupted; their parent says how many died of that (CS:APP, fork12).
// outcome: 3 => ok
// source: argument; CS:APP
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t pid[3]; int s, n = 0;
    for (int i = 0; i < 3; i++) if ((pid[i] = fork()) == 0) while (1) continue;
    for (int i = 0; i < 3; i++) kill(pid[i], SIGINT);
    while (wait(&s) > 0) n += WIFSIGNALED(s) && WTERMSIG(s) == SIGINT;
    printf("%d\n", n);
}
