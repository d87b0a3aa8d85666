// Two writers of two bytes each, byte by byte: their bytes mix.
// outcome: aabb => ok
// outcome: abab => ok
// outcome: abba => ok
// outcome: baab => ok
// outcome: baba => ok
// outcome: bbaa => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char text[4];
    pipe(p);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char c = 'a' + i;
            write(p[1], &c, 1);
            write(p[1], &c, 1);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    read(p[0], text, 4);
    printf("%.4s\n", text);
}
