// A process that is killed may have heard of its child's end before, and had its handler set for that before.
// outcome: (nothing) => ok
// outcome: h => ok
// source: argument; the kill comes before the handler could run, or after it
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void hears(int signal) {
    (void)signal;
    write(1, "h\n", 2);
}

int main(void) {
    pid_t parent = fork();
    if (parent == 0) {
        signal(SIGCHLD, hears);
        if (fork() == 0) _exit(0);
        for (;;) pause();
    }
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
}
