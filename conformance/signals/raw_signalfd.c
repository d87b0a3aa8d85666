// A child asks for a descriptor of the pending SIGCHLD by the older of the two calls, and looks once, while its own child ends.
// outcome: nothing yet => ok
// outcome: told => ok
// source: argument; signalfd(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t child;
    struct signalfd_siginfo told;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
#ifdef SYS_signalfd
    int fd = syscall(SYS_signalfd, -1, &child, 8);
    fcntl(fd, F_SETFL, O_NONBLOCK);
#else
    int fd = signalfd(-1, &child, SFD_NONBLOCK);
#endif
    if (fork() == 0) _exit(0);
    puts(read(fd, &told, sizeof told) == sizeof told ? "told" : "nothing yet");
    wait(NULL);
}
