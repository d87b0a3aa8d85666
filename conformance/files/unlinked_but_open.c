// Who has opened a file keeps it when its name is gone; who comes later finds nothing.
// outcome: text => ok
// outcome: ENOENT => ok
// source: argument; unlink(2)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[5] = "";
    write(open("file", O_CREAT | O_WRONLY, 0600), "text", 4);
    if (fork() == 0) { unlink("file"); _exit(0); }
    int file = open("file", O_RDONLY);
    if (file < 0 && errno == ENOENT) puts("ENOENT");
    else { wait(NULL); read(file, text, 4); puts(text); }
}
