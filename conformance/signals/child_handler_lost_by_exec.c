// A handler for the ends of children is gone with the program that had it.
// outcome: heard | end => ok
// outcome: end => ok
// source: argument; execve(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void heard(int signal) {
    (void)signal;
    write(1, "heard\n", 6);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        wait(NULL);
        write(1, "end\n", 4);
        return 0;
    }
    struct sigaction action = {.sa_handler = heard, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0)
        _exit(0);
    execl("/proc/self/exe", argv[0], "again", (char *)NULL);
}
