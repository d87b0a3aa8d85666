// Who may open one more descriptor, and no two, gets no pipe, and the one is still free.
// outcome: EMFILE EMFILE 0 => ok
// source: pipe(2), socketpair(2), getrlimit(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2], free = dup(1);
    struct rlimit limit;
    close(free);
    if (fork() == 0) _exit(0);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = free + 1;
    setrlimit(RLIMIT_NOFILE, &limit);
    const char *one = pipe(p) < 0 ? strerrorname_np(errno) : "pipe";
    const char *two = socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0 ? strerrorname_np(errno) : "pair";
    printf("%s %s %d\n", one, two, dup(1) - free);
    wait(NULL);
}
