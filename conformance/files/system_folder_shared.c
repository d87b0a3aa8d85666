// Two children list a folder of the system by the descriptor that they have from their parent: all is told to the first of them. The second one says
// something before.
// outcome: ready | a all | b none => ok
// outcome: a all | ready | b none => ok
// outcome: ready | b all | a none => ok
// outcome: ready | b none | a all => ok
// outcome: ready | a none | b all => ok
// source: argument; getdents(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void list(char who, int folder) {
    static char buffer[1 << 20];
    long size = syscall(SYS_getdents64, folder, buffer, sizeof buffer);
    printf("%c %s\n", who, size > 0 ? "all" : "none");
    exit(0);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int folder = open("/etc", O_RDONLY | O_DIRECTORY);
    pid_t first = fork();
    if (first == 0)
        list('a', folder);
    pid_t second = fork();
    if (second == 0) {
        puts("ready");
        list('b', folder);
    }
    close(folder);
    waitpid(first, NULL, 0);
    waitpid(second, NULL, 0);
}
