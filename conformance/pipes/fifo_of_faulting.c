// Who has a FIFO open dies of a fault: who opens the other end may find it open still, or wait for ever.
// outcome: opened => ok
// outcome: (nothing) => deadlock
// source: fifo(7), signal(7)
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    mkfifo("fifo", 0600);
    if (fork() == 0) {
        open("fifo", O_RDWR);
        write(ends[1], "x", 1);
        *(volatile int *)16 = 1;
    }
    char byte;
    read(ends[0], &byte, 1);
    open("fifo", O_RDONLY);
    write(1, "opened\n", 7);
    wait(NULL);
}
