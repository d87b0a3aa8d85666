// The same with no time-out, and entries that are not looked at.
// outcome: none => ok
// outcome: first => ok
// outcome: first second => ok
// outcome: second => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int first[2], second[2];
    pipe(first);
    pipe(second);
    if (fork() == 0) { write(first[1], "x", 1); write(second[1], "x", 1); _exit(0); }
    struct pollfd all[4] = {{-1, POLLIN, 7}, {first[0], POLLIN, 7}, {-1, POLLIN, 7}, {second[0], POLLIN, 7}};
    if (poll(all, 4, 0) == 0) printf("none");
    if (all[1].revents) printf("first%s", all[3].revents ? " " : "");
    puts(all[3].revents ? "second" : "");
    if (all[0].revents || all[2].revents) puts("?");
    wait(NULL);
}
