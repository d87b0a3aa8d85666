// A signalfd gives the signal of a child that ended while it was blocked, and nothing of one that ended before.
// outcome: read => ok
// outcome: nothing => ok
// source: argument; signalfd(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (fork() == 0)
        _exit(0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    wait(NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK);
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) > 0)
        write(1, "read\n", 5);
    else
        write(1, "nothing\n", 8);
}
