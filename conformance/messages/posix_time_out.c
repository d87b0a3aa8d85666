// One message is waited for, and comes; another one is waited for until its time is up.
// outcome: a | in vain => ok
// source: mq_receive(3)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    char message[8];
    struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 8};
    struct timespec until;
    mq_unlink("/conformance-time-out");
    mqd_t queue = mq_open("/conformance-time-out", O_CREAT | O_RDWR, 0600, &size);
    if (fork() == 0) { mq_send(queue, "a", 1, 0); _exit(0); }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (mq_timedreceive(queue, message, 8, NULL, &until) == 1) printf("%c\n", message[0]);
    if (mq_timedreceive(queue, message, 8, NULL, &until) < 0 && errno == ETIMEDOUT) puts("in vain");
    wait(NULL);
    mq_unlink("/conformance-time-out");
}
