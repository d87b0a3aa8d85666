// A message queue is asked whether there is a message, once with poll and once with epoll.
// outcome: 0 0 => ok
// outcome: 0 1 => ok
// outcome: 1 1 => ok
// source: argument; mq_overview(7), "Polling message queue descriptors"
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 8};
    struct epoll_event event = {.events = EPOLLIN};
    mq_unlink("/conformance-poll");
    mqd_t queue = mq_open("/conformance-poll", O_CREAT | O_RDWR, 0600, &size);
    int set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, queue, &event);
    if (fork() == 0) { mq_send(queue, "a", 1, 0); _exit(0); }
    struct pollfd one = {queue, POLLIN};
    int first = poll(&one, 1, 0);
    printf("%d %d\n", first, epoll_wait(set, &event, 1, 0));
    wait(NULL);
    mq_unlink("/conformance-poll");
}
