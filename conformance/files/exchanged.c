// Two files exchange their names while each is read by its name: both may be the same one.
// outcome: 11 => ok
// outcome: 12 => ok
// outcome: 21 => ok
// source: argument; renameat2(2), RENAME_EXCHANGE
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int made(const char *name, const char *content) {
    int file = open(name, O_CREAT | O_WRONLY, 0600);
    return write(file, content, 1) - 1 + close(file);
}

int main(void) {
    char a, b;
    made("a", "1");
    made("b", "2");
    if (fork() == 0) { renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE); _exit(0); }
    read(open("a", O_RDONLY), &a, 1);
    read(open("b", O_RDONLY), &b, 1);
    printf("%c%c\n", a, b);
    wait(NULL);
}
