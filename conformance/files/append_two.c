// O_APPEND: two writers lose nothing.
// outcome: ab => ok
// outcome: ba => ok
// source: argument; open(2), O_APPEND
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[10];
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char c = 'a' + i;
            write(open("log", O_CREAT | O_APPEND | O_WRONLY, 0600), &c, 1);
            _exit(0);
        }
    while (wait(NULL) > 0) continue;
    int n = read(open("log", O_RDONLY), text, sizeof text);
    printf("%.*s\n", n, text);
}
