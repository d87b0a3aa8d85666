// Two pipes are closed by the end of the only one who writes to them: one after the other, that of the higher descriptor first.
// outcome: both => ok
// outcome: only the second => ok
// source: argument: the kernel closes files one by one, last first (task_work_add of Linux since 4.3)
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int first[2], second[2];
    pipe(first);
    pipe(second);
    if (fork() == 0) _exit(0);
    close(first[1]);
    close(second[1]);
    struct pollfd fds[] = {{first[0], POLLIN, 0}, {second[0], POLLIN, 0}};
    poll(fds, 2, -1);
    puts(fds[0].revents && fds[1].revents ? "both" : fds[1].revents ? "only the second" : "only the first");
    wait(NULL);
}
