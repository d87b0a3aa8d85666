// Writes of up to PIPE_BUF bytes are not mixed: the texts of two writers come whole.
// outcome: aaaabbbb => ok
// outcome: bbbbaaaa => ok
// source: pipe(7), PIPE_BUF
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char text[8];
    pipe(p);
    if (fork() == 0) { write(p[1], "aaaa", 4); _exit(0); }
    if (fork() == 0) { write(p[1], "bbbb", 4); _exit(0); }
    while (wait(NULL) > 0) continue;
    read(p[0], text, 8);
    printf("%.8s\n", text);
}
