// A receive that does not wait: a message is there, or not yet.
// outcome: got => ok
// outcome: EAGAIN => ok
// source: argument; mq_receive(3)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
    char x;
    mq_unlink("/conformance-no-wait");
    mqd_t queue = mq_open("/conformance-no-wait", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attributes);
    if (fork() == 0) { mq_send(queue, "x", 1, 0); _exit(0); }
    puts(mq_receive(queue, &x, 1, NULL) == 1 ? "got" : errno == EAGAIN ? "EAGAIN" : "?");
    wait(NULL);
    mq_unlink("/conformance-no-wait");
}
