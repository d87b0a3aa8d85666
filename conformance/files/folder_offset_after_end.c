// The child lists a folder by a descriptor that it has from its parent, and may have ended before the parent does.
// outcome: child all | parent none => ok
// outcome: parent all | child none => ok
// outcome: parent none | child all => ok
// outcome: child none | parent all => ok
// source: argument; getdents(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void list(const char *who, int folder) {
    char buffer[4096];
    long size = syscall(SYS_getdents64, folder, buffer, sizeof buffer);
    printf("%s %s\n", who, size > 0 ? "all" : "none");
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    close(open("x", O_CREAT | O_WRONLY, 0600));
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    if (fork() == 0) {
        list("child", folder);
        exit(0);
    }
    list("parent", folder);
    wait(NULL);
}
