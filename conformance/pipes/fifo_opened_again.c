// A FIFO is closed and opened again by a writer. A reader that meanwhile finds the end closes it, and what is written then is lost with it: it
// waits for ever for somebody to open it.
// outcome: 1 | 2 => ok
// outcome: 1 => deadlock
// source: argument; fifo(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char c;
    mkfifo("fifo", 0600);
    if (fork() == 0) {
        signal(SIGPIPE, SIG_IGN);
        for (int n = 1; n <= 2; n++) {
            int out = open("fifo", O_WRONLY);
            c = '0' + n;
            write(out, &c, 1);
            close(out);
        }
        _exit(0);
    }
    for (int got = 0; got < 2;) {
        int in = open("fifo", O_RDONLY);
        for (; read(in, &c, 1) == 1; got++) dprintf(1, "%c\n", c);
        close(in);
    }
    wait(NULL);
}
