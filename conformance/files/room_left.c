// For how many more files there is room, before and after the child may have made one.
// outcome: as many => ok
// outcome: fewer => ok
// source: argument; statvfs(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct statvfs before, after;
    statvfs(".", &before);
    if (fork() == 0) { close(open("file", O_CREAT | O_WRONLY, 0600)); _exit(0); }
    statvfs(".", &after);
    puts(after.f_ffree == before.f_ffree ? "as many" : "fewer");
    wait(NULL);
}
