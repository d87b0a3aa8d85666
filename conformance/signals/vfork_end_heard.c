// A process that started another one by vfork(2) has a handler for SIGCHLD; it goes on when that one leaves its memory, a moment before the signal.
// outcome: handler | after => ok
// outcome: after | handler => ok
// source: argument; vfork(2): the parent goes on once its memory is its own again (`exit_mm` of the kernel comes before `exit_notify`); seen
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_child(int signal) { write(1, "handler\n", 8); }

int main(void) {
    signal(SIGCHLD, on_child);
    if (vfork() == 0) _exit(0);
    write(1, "after\n", 6);
    wait(NULL);
}
