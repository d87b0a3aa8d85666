// Who holds a lock dies of a fault, and is waited for by one, while another one tries the lock: it may be held still.
// outcome: free => ok
// outcome: held => ok
// source: flock(2), signal(7)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    if (fork() == 0) {
        int file = open("file", O_CREAT | O_RDWR, 0600);
        flock(file, LOCK_EX);
        write(ends[1], "x", 1);
        *(volatile int *)16 = 1;
    }
    if (fork() == 0) {
        char byte;
        read(ends[0], &byte, 1);
        int file = open("file", O_RDWR);
        if (flock(file, LOCK_EX | LOCK_NB) == 0) write(1, "free\n", 5);
        else write(1, "held\n", 5);
        _exit(0);
    }
    while (wait(NULL) > 0) continue;
}
