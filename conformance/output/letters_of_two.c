// Two children write two letters each without a newline; the parent ends the line.
// outcome: aabb => ok
// outcome: abab => ok
// outcome: abba => ok
// outcome: baab => ok
// outcome: baba => ok
// outcome: bbaa => ok
// source: argument
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { char c = 'a' + i; write(1, &c, 1); write(1, &c, 1); _exit(0); }
    while (wait(NULL) > 0) continue;
    write(1, "\n", 1);
}
