// Two messages of different priority are sent one after the other: the urgent one is first if both are there.
// outcome: low | high => ok
// outcome: high | low => ok
// source: argument; mq_overview(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 4};
    char text[4];
    setvbuf(stdout, NULL, _IOLBF, 0);
    mq_unlink("/conformance-priority");
    mqd_t queue = mq_open("/conformance-priority", O_CREAT | O_RDWR, 0600, &attributes);
    if (fork() == 0) { mq_send(queue, "low", 3, 1); mq_send(queue, "high", 4, 2); _exit(0); }
    for (int i = 0; i < 2; i++) {
        int n = mq_receive(queue, text, sizeof text, NULL);
        printf("%.*s\n", n, text);
    }
    wait(NULL);
    mq_unlink("/conformance-priority");
}
