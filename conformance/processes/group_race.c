// A child enters a group of its own while its parent asks which group it is in.
// outcome: same => ok
// outcome: own => ok
// source: argument; getpgid(2): it fails only for a child that has been waited for
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) { setpgid(0, 0); _exit(0); }
    pid_t group = getpgid(child);
    puts(group == getpgrp() ? "same" : group == child ? "own" : "gone");
    waitpid(child, NULL, 0);
}
