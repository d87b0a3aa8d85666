// A parent stops and continues its first child; each change and each end makes its handler say so, but several may be heard of as one, or after its own end; the second child speaks before it ends.
// outcome: a => ok
// outcome: a | h => ok
// outcome: a | h | h => ok
// outcome: a | h | h | h => ok
// outcome: a | h | h | h | h => ok
// outcome: h | a => ok
// outcome: h | a | h => ok
// outcome: h | a | h | h => ok
// outcome: h | a | h | h | h => ok
// outcome: h | h | a => ok
// outcome: h | h | a | h => ok
// outcome: h | h | a | h | h => ok
// outcome: h | h | h | a => ok
// outcome: h | h | h | a | h => ok
// source: argument: four are told of, at most three of them before the second child speaks; sigaction(2), signal(7)
#include <signal.h>
#include <unistd.h>

static void heard(int signal) {
    (void)signal;
    write(1, "h\n", 2);
}

int main(void) {
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = heard}, NULL);
    pid_t first = fork();
    if (first == 0) _exit(0);
    if (fork() == 0) {
        write(1, "a\n", 2);
        _exit(0);
    }
    kill(first, SIGSTOP);
    kill(first, SIGCONT);
}
