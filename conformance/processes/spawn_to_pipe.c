// posix_spawn(3) with a file action: what the program says goes into a pipe, and the parent passes it on with one read.
// outcome: got hi => ok
// source: posix_spawn(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
int main(void) {
    char *argv[] = {"echo", "hi", NULL}, text[100];
    int p[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    pipe2(p, O_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, p[1], 1);
    posix_spawnp(&pid, "echo", &actions, NULL, argv, environ);
    int n = read(p[0], text, sizeof text);
    waitpid(pid, NULL, 0);
    printf("got %.*s", n, text);
}
