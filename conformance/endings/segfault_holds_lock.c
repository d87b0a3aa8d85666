// A process that dies of a fault gives its lock back only then: whoever has heard that it is taken may find it so, or free again.
// outcome: busy => ok
// outcome: free => ok
// source: argument; flock(2)
#include <fcntl.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int taken[2];
    pipe(taken);
    int mine = open("lock", O_RDWR | O_CREAT, 0600);
    if (fork() == 0) {
        close(mine);
        flock(open("lock", O_RDWR), LOCK_EX);
        write(taken[1], "x", 1);
        *(volatile int *)NULL = 1;
    }
    char byte;
    read(taken[0], &byte, 1);
    if (flock(mine, LOCK_EX | LOCK_NB) != 0)
        write(1, "busy\n", 5);
    else
        write(1, "free\n", 5);
    wait(NULL);
}
