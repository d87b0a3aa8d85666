// A reader of two pipes says each byte as it comes.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; select(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2][2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 2; i++) {
        pipe(p[i]);
        if (fork() == 0) { write(p[i][1], "x", 1); _exit(0); }
    }
    for (int left = 2; left > 0;) {
        fd_set in;
        FD_ZERO(&in);
        FD_SET(p[0][0], &in);
        FD_SET(p[1][0], &in);
        select(p[1][0] + 1, &in, NULL, NULL, NULL);
        int i = FD_ISSET(p[0][0], &in) ? 0 : 1;
        read(p[i][0], &x, 1);
        printf("%c\n", 'a' + i);
        left--;
    }
    while (wait(NULL) > 0) continue;
}
