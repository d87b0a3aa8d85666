// Who asks for the end first, and then for the last word, is not told of an end without that.
// outcome: word => ok
// outcome: word end => ok
// source: argument; poll(2), pidfd_open(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int words[2];
    pipe(words);
    pid_t child = fork();
    if (child == 0) { write(words[1], "x", 1); _exit(0); }
    struct pollfd both[2] = {{syscall(SYS_pidfd_open, child, 0), POLLIN, 0}, {words[0], POLLIN, 0}};
    poll(both, 2, -1);
    if (both[1].revents) printf("word%s", both[0].revents ? " " : "");
    puts(both[0].revents ? "end" : "");
    wait(NULL);
}
