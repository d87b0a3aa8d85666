// A directory is listed while a file is made in it.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; readdir(3)
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int files = 0;
    struct dirent *entry;
    mkdir("dir", 0700);
    if (fork() == 0) { close(open("dir/file", O_CREAT | O_WRONLY, 0600)); _exit(0); }
    DIR *dir = opendir("dir");
    while ((entry = readdir(dir))) if (entry->d_name[0] != '.') files++;
    printf("%d\n", files);
    wait(NULL);
}
