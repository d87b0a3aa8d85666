// A child dies of a fault while its parent waits for a signal, or just before that begins to wait, and then nobody wakes it.
// outcome: heard => ok
// outcome: (nothing) => deadlock
// source: argument; pause(2)
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static void hears(int signal) {}

int main(void) {
    signal(SIGCHLD, hears);
    if (fork() == 0)
        *(volatile int *)NULL = 1;
    pause();
    write(1, "heard\n", 6);
}
