// A child that nobody has to wait for is looked for in /proc.
// outcome: there => ok
// outcome: gone => ok
// source: argument; proc(5), sigaction(2), SIG_IGN for SIGCHLD
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    int found = 0;
    struct dirent *entry;
    signal(SIGCHLD, SIG_IGN);
    pid_t child = fork();
    if (child == 0) _exit(0);
    DIR *all = opendir("/proc");
    while ((entry = readdir(all))) if (atoi(entry->d_name) == child) found = 1;
    puts(found ? "there" : "gone");
}
