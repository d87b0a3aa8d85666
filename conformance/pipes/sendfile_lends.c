// What sendfile(2) has put into a pipe are the pages of the file: a write to the file is read from the pipe, if it comes first.
// outcome: old => ok
// outcome: new => ok
// source: argument; splice(2), sendfile(2), "must ensure the transferred portions of the file … remain unmodified"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char text[4] = "";
    int file = open("file", O_CREAT | O_RDWR, 0600);
    pwrite(file, "old", 3, 0);
    pipe(p);
    sendfile(p[1], file, &(off_t){0}, 3);
    if (fork() == 0) { pwrite(file, "new", 3, 0); _exit(0); }
    read(p[0], text, 3);
    puts(text);
    wait(NULL);
}
