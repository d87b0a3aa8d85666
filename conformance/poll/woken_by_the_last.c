// Three pipes: who is woken by the last looks at all of them again, one after the other.
// outcome: 3 => ok
// outcome: 1 3 => ok
// outcome: 2 3 => ok
// outcome: 1 2 3 => ok
// source: argument; poll(2)
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int pipes[3][2];
    struct pollfd all[3];
    for (int n = 0; n < 3; n++) { pipe(pipes[n]); all[n] = (struct pollfd){pipes[n][0], POLLIN, 0}; }
    if (fork() == 0) { write(pipes[2][1], "x", 1); write(pipes[0][1], "x", 1); write(pipes[1][1], "x", 1); _exit(0); }
    poll(all, 3, -1);
    if (all[0].revents) printf("1 ");
    if (all[1].revents) printf("2 ");
    puts(all[2].revents ? "3" : "");
    wait(NULL);
}
