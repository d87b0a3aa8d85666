// link(2) fails if the name is there: one of two processes makes it.
// outcome: a => ok
// outcome: b => ok
// source: argument; link(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("file", O_CREAT | O_WRONLY, 0600));
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            if (link("file", "lock") == 0) printf("%c\n", 'a' + i);
            exit(0);
        }
    while (wait(NULL) > 0) continue;
}
