// The only writer of a pipe crashes while another process looks, without waiting, what there is to read.
// outcome: end => ok
// outcome: nothing yet => ok
// source: argument; read(2), pipe(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe2(ends, O_NONBLOCK);
    if (fork() == 0) { close(ends[0]); *(volatile int *)16 = 1; _exit(0); }
    close(ends[1]);
    if (fork() == 0) {
        char letter;
        if (read(ends[0], &letter, 1) == 0) write(1, "end\n", 4);
        else write(1, "nothing yet\n", 12);
        _exit(0);
    }
    while (wait(NULL) > 0) continue;
}
