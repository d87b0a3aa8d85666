// The parent is told of two files as they are made in a directory.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; inotify(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char buffer[4096] __attribute__((aligned(8)));
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir("dir", 0700);
    int events = inotify_init1(0);
    inotify_add_watch(events, "dir", IN_CREATE);
    if (fork() == 0) { close(open("dir/a", O_CREAT | O_WRONLY, 0600)); _exit(0); }
    if (fork() == 0) { close(open("dir/b", O_CREAT | O_WRONLY, 0600)); _exit(0); }
    for (int seen = 0; seen < 2;) {
        int n = read(events, buffer, sizeof buffer);
        for (char *at = buffer; at < buffer + n; seen++) {
            struct inotify_event *event = (void *)at;
            puts(event->name);
            at += sizeof *event + event->len;
        }
    }
    while (wait(NULL) > 0) continue;
}
