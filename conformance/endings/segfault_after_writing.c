// A child says something and dies of a fault; its parent has heard it, and hears of the end later, or no more.
// outcome: parent | reaped => ok
// outcome: reaped | parent => ok
// outcome: parent => ok
// source: argument; signal(7)
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

static void reaps(int signal) {
    int before = errno;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        write(1, "reaped\n", 7);
    errno = before;
}

int main(void) {
    struct sigaction action = {.sa_handler = reaps, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    int said[2];
    pipe(said);
    if (fork() == 0) {
        write(said[1], "x", 1);
        *(volatile int *)NULL = 1;
    }
    char byte;
    read(said[0], &byte, 1);
    write(1, "parent\n", 7);
}
