// A parent keeps SIGCHLD back while it waits for all its children; who has ended first is kept in the signal that is pending, which tells of that one.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; sigwaitinfo(2), signal(7)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t first = fork();
    if (first == 0) _exit(0);
    if (fork() == 0) _exit(0);
    while (wait(NULL) > 0) {}
    siginfo_t info;
    sigwaitinfo(&set, &info);
    puts(info.si_pid == first ? "1" : "2");
}
