// Each writer empties the file when it opens it, and then writes one letter or two: what stays may be of both.
// outcome: a => ok
// outcome: bb => ok
// outcome: ab => ok
// source: argument: the later letters lie over the earlier ones, from the file's beginning
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[10];
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            write(open("log", O_CREAT | O_TRUNC | O_WRONLY, 0600), i == 0 ? "a" : "bb", 1 + i);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    int n = read(open("log", O_RDONLY), text, sizeof text);
    printf("%.*s\n", n, text);
}
