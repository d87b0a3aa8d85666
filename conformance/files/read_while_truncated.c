// A child replaces the contents of a file in two steps; the reader sees the old, nothing, or the new.
// outcome: old => ok
// outcome: empty => ok
// outcome: new => ok
// source: argument; open(2), O_TRUNC
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[4] = "";
    write(open("file", O_CREAT | O_WRONLY, 0600), "old", 3);
    if (fork() == 0) { write(open("file", O_WRONLY | O_TRUNC), "new", 3); _exit(0); }
    int n = read(open("file", O_RDONLY), text, 3);
    puts(n == 0 ? "empty" : text);
    wait(NULL);
}
