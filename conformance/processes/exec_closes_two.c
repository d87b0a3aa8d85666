// Two pipes are closed by execve(2), since they are to be closed on exec: one after the other, that of the higher descriptor first.
// outcome: both => ok
// outcome: only the second => ok
// source: argument: the kernel closes files one by one, last first (task_work_add of Linux since 4.3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count > 1) { sleep(1); return 0; }
    int first[2], second[2];
    pipe2(first, O_CLOEXEC);
    pipe2(second, O_CLOEXEC);
    if (fork() == 0) {
        execl("/proc/self/exe", arguments[0], "again", NULL);
        _exit(1);
    }
    close(first[1]);
    close(second[1]);
    struct pollfd fds[] = {{first[0], POLLIN, 0}, {second[0], POLLIN, 0}};
    poll(fds, 2, -1);
    puts(fds[0].revents && fds[1].revents ? "both" : fds[1].revents ? "only the second" : "only the first");
    wait(NULL);
}
