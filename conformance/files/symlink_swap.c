// A symbolic link is turned by rename(2): who opens it gets one target or the other.
// outcome: one => ok
// outcome: two => ok
// source: argument; rename(2), symlink(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[4] = "";
    write(open("1", O_CREAT | O_WRONLY, 0600), "one", 3);
    write(open("2", O_CREAT | O_WRONLY, 0600), "two", 3);
    symlink("1", "link");
    symlink("2", "link.new");
    if (fork() == 0) { rename("link.new", "link"); _exit(0); }
    read(open("link", O_RDONLY), text, 3);
    puts(text);
    wait(NULL);
}
