// An extended attribute is set by name, and read by another process.
// outcome: no => ok
// outcome: yes => ok
// source: argument; xattr(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

int main(void) {
    char value[9];
    open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) { lsetxattr("file", "user.a", "1", 1, 0); _exit(0); }
    puts(lgetxattr("file", "user.a", value, sizeof value) == 1 ? "yes" : "no");
    wait(NULL);
}
