// Which of two children has ended first is kept in what is to become of a signal and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; sigaction(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void one(int signal) { write(1, "1\n", 2); }
static void two(int signal) { write(1, "2\n", 2); }

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    signal(SIGUSR1, first == 1 ? one : two);
    wait(NULL);
}

int main(void) {
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    raise(SIGUSR1);
}
