// A pidfd that was opened with PIDFD_NONBLOCK: waitid(2) by it does not wait for a child that lives.
// outcome: not yet => ok
// outcome: exit code 7 => ok
// source: argument; pidfd_open(2)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) _exit(7);
    int pidfd = syscall(SYS_pidfd_open, child, O_NONBLOCK);
    siginfo_t end;
    if (waitid(3 /* P_PIDFD */, pidfd, &end, WEXITED) == 0) printf("exit code %d\n", end.si_status);
    else if (errno == EAGAIN) puts("not yet");
    while (wait(NULL) > 0) continue;
}
