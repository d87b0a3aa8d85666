// What is blocked and pending stays so over execve.
// outcome: pending => ok
// outcome: nothing => ok
// source: argument; execve(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    sigset_t set;
    if (argc > 1) {
        sigpending(&set);
        if (sigismember(&set, SIGCHLD))
            write(1, "pending\n", 8);
        else
            write(1, "nothing\n", 8);
        return 0;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (fork() == 0)
        _exit(0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    wait(NULL);
    execl("/proc/self/exe", argv[0], "again", (char *)NULL);
}
