// A child may end before its parent, that has a handler for SIGCHLD, or after it.
// outcome: m => ok
// outcome: h | m => ok
// outcome: m | h => ok
// source: argument; the signal comes before the line, between the line and the parent's end, or to nobody
#include <signal.h>
#include <unistd.h>

static void hears(int signal) {
    (void)signal;
    write(1, "h\n", 2);
}

int main(void) {
    struct sigaction action = {.sa_handler = hears, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    if (fork() == 0) _exit(0);
    write(1, "m\n", 2);
}
