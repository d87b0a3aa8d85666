// Two processes send to a POSIX message queue with the same priority.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; mq_overview(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 1};
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    mq_unlink("/conformance-two-senders");
    mqd_t queue = mq_open("/conformance-two-senders", O_CREAT | O_RDWR, 0600, &attributes);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { char c = 'a' + i; mq_send(queue, &c, 1, 0); _exit(0); }
    for (int i = 0; i < 2; i++) { mq_receive(queue, &x, 1, NULL); printf("%c\n", x); }
    while (wait(NULL) > 0) continue;
    mq_unlink("/conformance-two-senders");
}
