// A look at a signalfd that does not wait: the child has ended before, or ends after its parent.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; signalfd(2)
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

int main(void) {
    struct signalfd_siginfo info;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int fd = signalfd(-1, &child, SFD_NONBLOCK);
    if (fork() == 0) _exit(0);
    printf("%d\n", read(fd, &info, sizeof info) > 0);
}
