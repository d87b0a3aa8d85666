// A child dies of a fault as soon as it runs; whoever looks without waiting may look before.
// outcome: lives => ok
// outcome: dead => ok
// source: argument; wait(2)
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0)
        *(volatile int *)NULL = 1;
    if (waitpid(-1, NULL, WNOHANG) == 0) {
        write(1, "lives\n", 6);
        wait(NULL);
    } else {
        write(1, "dead\n", 5);
    }
}
