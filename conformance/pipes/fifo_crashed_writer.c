// Who has a FIFO open for writing crashes while another looks at it without waiting.
// outcome: open => ok
// outcome: closed => ok
// source: argument; fifo(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkfifo("f", 0600); int r = open("f", O_RDONLY | O_NONBLOCK); int w = open("f", O_WRONLY);
    if (!fork()) { close(r); getppid(); *(volatile int *)0 = 1; }
    close(w);
    char t;
    int n = read(r, &t, 1);
    printf("%s\n", n == 0 ? "closed" : "open");
    while (wait(NULL) > 0) continue;
}
