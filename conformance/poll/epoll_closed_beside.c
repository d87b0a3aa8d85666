// All three have an eventfd that is ready. The second child watches it and closes it, and is told of it as long as any of the others has it open.
// outcome: a | 0 => ok
// outcome: a | 1 => ok
// outcome: 1 | a => ok
// source: argument; epoll(7), questions and answers 6
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct epoll_event event = {EPOLLIN};
    int counter = eventfd(1, 0), set = epoll_create1(0);
    pid_t first = fork();
    if (first == 0) {
        puts("a");
        exit(0);
    }
    pid_t second = fork();
    if (second == 0) {
        epoll_ctl(set, EPOLL_CTL_ADD, counter, &event);
        close(counter);
        printf("%d\n", epoll_wait(set, &event, 1, 0));
        exit(0);
    }
    close(counter);
    waitpid(first, NULL, 0);
    waitpid(second, NULL, 0);
}
