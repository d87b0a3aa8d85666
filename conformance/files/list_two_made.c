// Two processes make a file each, and then the folder is listed: in memory the files stand in the order in which they were made.
// outcome: ab => ok
// outcome: ba => ok
// source: argument; readdir(3) promises no order, and tmpfs(5) keeps one
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct dirent *entry;
    mkdir("/dev/shm/conformance-list", 0700);
    chdir("/dev/shm/conformance-list");
    unlink("a");
    unlink("b");
    if (fork() == 0) { close(open("a", O_CREAT | O_WRONLY, 0600)); _exit(0); }
    if (fork() == 0) { close(open("b", O_CREAT | O_WRONLY, 0600)); _exit(0); }
    wait(NULL);
    wait(NULL);
    DIR *folder = opendir(".");
    while ((entry = readdir(folder))) if (entry->d_name[0] != '.') putchar(entry->d_name[0]);
    puts("");
    unlink("a");
    unlink("b");
    rmdir("/dev/shm/conformance-list");
}
