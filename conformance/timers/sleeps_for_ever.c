// Whoever does nothing but sleep lets the other go on, who ends it.
// outcome: a | b => ok
// outcome: b => ok
// source: argument
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int child = fork();
    if (child == 0) {
        write(1, "a\n", 2);
        for (;;) usleep(1000);
    }
    kill(child, SIGKILL);
    wait(0);
    write(1, "b\n", 2);
}
