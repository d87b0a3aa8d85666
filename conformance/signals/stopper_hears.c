// Who stops a child and continues it is told of that by a handler, while another child ends.
// outcome: heard => ok
// source: argument; sigaction(2): without SA_NOCLDSTOP a parent hears of stops, and of ends in any case; the handler only counts
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int heard;
static void on_child(int signal) { heard++; }

int main(void) {
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    pid_t child = fork();
    if (child == 0) _exit(0);
    if (fork() == 0) _exit(0);
    kill(child, SIGSTOP);
    kill(child, SIGCONT);
    while (wait(NULL) > 0) continue;
    if (heard > 0) write(1, "heard\n", 6);
    else write(1, "never\n", 6);
}
