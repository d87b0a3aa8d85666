// Who has a FIFO open is killed: who opens the other end right after that may find it open still, or wait for ever.
// outcome: opened => ok
// outcome: (nothing) => deadlock
// source: kill(2), fifo(7)
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    mkfifo("fifo", 0600);
    pid_t child = fork();
    if (child == 0) {
        open("fifo", O_RDWR);
        write(ends[1], "x", 1);
        pause();
    }
    char byte;
    read(ends[0], &byte, 1);
    kill(child, SIGKILL);
    open("fifo", O_RDONLY);
    write(1, "opened\n", 7);
    wait(NULL);
}
