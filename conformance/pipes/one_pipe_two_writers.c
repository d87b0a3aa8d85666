// Two children write a letter each; the parent reads one at a time.
// outcome: ab => ok
// outcome: ba => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char text[2];
    pipe(p);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { char c = 'a' + i; write(p[1], &c, 1); _exit(0); }
    read(p[0], text, 1);
    read(p[0], text + 1, 1);
    printf("%.2s\n", text);
    while (wait(NULL) > 0) continue;
}
