// A set watches a pipe that is ready. The second child has closed that, but not taken it out of the set; so it is there as long as the first child has
// it open: which may have ended before the pipe was watched.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; epoll(7), questions and answers 6
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct epoll_event event = {EPOLLIN};
    int ends[2], set = epoll_create1(0);
    pipe(ends);
    pid_t first = fork();
    if (first == 0)
        _exit(0);
    pid_t second = fork();
    if (second == 0) {
        write(ends[1], "x", 1);
        epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event);
        close(ends[0]);
        printf("%d\n", epoll_wait(set, &event, 1, 0));
        exit(0);
    }
    close(ends[0]);
    waitpid(first, NULL, 0);
    waitpid(second, NULL, 0);
}
