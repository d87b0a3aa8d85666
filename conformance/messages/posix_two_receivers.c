// Two processes receive a message each from one queue.
// outcome: a 1 | b 2 => ok
// outcome: b 2 | a 1 => ok
// outcome: a 2 | b 1 => ok
// outcome: b 1 | a 2 => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 1};
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    mq_unlink("/conformance-receivers");
    mqd_t queue = mq_open("/conformance-receivers", O_CREAT | O_RDWR, 0600, &attributes);
    mq_send(queue, "1", 1, 0);
    mq_send(queue, "2", 1, 0);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { mq_receive(queue, &x, 1, NULL); printf("%c %c\n", 'a' + i, x); exit(0); }
    while (wait(NULL) > 0) continue;
    mq_unlink("/conformance-receivers");
}
