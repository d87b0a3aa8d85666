// A child in a pid namespace of its own is process 1 there, and has no parent.
// outcome: 1 0 | over => ok
// source: pid_namespaces(7), user_namespaces(7)
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (child < 0) { puts("refused"); return 1; }
    if (child == 0) { dprintf(1, "%d %d\n", getpid(), getppid()); _exit(0); }
    waitpid(child, NULL, 0);
    puts("over");
}
