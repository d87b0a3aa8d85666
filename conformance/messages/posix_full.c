// A queue of one message is full: the second send waits for the first receive.
// outcome: sent 1 | receiving | sent 2 => ok
// outcome: receiving | sent 1 | sent 2 => ok
// source: argument; mq_send(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    mq_unlink("/conformance-full");
    mqd_t queue = mq_open("/conformance-full", O_CREAT | O_RDWR, 0600, &attributes);
    if (fork() == 0) {
        mq_send(queue, "x", 1, 0);
        puts("sent 1");
        mq_send(queue, "y", 1, 0);
        puts("sent 2");
        exit(0);
    }
    puts("receiving");
    mq_receive(queue, &x, 1, NULL);
    wait(NULL);
    mq_unlink("/conformance-full");
}
