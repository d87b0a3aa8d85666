// Replaced by rename(2), a file is old or new, and never empty.
// outcome: old => ok
// outcome: new => ok
// source: argument; rename(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[4] = "";
    write(open("file", O_CREAT | O_WRONLY, 0600), "old", 3);
    if (fork() == 0) {
        write(open("file.new", O_CREAT | O_WRONLY, 0600), "new", 3);
        rename("file.new", "file");
        _exit(0);
    }
    read(open("file", O_RDONLY), text, 3);
    puts(text);
    wait(NULL);
}
