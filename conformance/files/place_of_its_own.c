// Each opens the file itself and reads it byte by byte, from a place of its own that it then hands on to its child.
// outcome: abc abc => ok
// source: open(2), fork(2)
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char *reads(char *into) {
    int f = open("f", O_RDONLY), n = 0;
    while (n < 2 && read(f, into + n, 1) == 1) n++;
    int p[2];
    pipe(p);
    if (fork() == 0) {
        char x;
        read(f, &x, 1);
        write(p[1], &x, 1);
        _exit(0);
    }
    read(p[0], into + n, 1);
    wait(NULL);
    return into;
}
int main(void) {
    char one[4] = "", other[4] = "";
    int p[2];
    pipe(p);
    write(open("f", O_CREAT | O_WRONLY, 0600), "abc", 3);
    if (fork() == 0) {
        write(p[1], reads(one), 3);
        _exit(0);
    }
    reads(one);
    read(p[0], other, 3);
    wait(NULL);
    printf("%s %s\n", one, other);
}
