// One process changes a pipe's size while another asks for it.
// outcome: 4096 => ok
// outcome: 65536 => ok
// source: fcntl(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int p[2]; pipe(p);
    if (fork() == 0) { dprintf(1, "%d\n", fcntl(p[0], F_GETPIPE_SZ)); _exit(0); }
    fcntl(p[1], F_SETPIPE_SZ, 4096);
    wait(NULL);
}
