// The queue tells of its first message by a signal, once; the second message brings none.
// outcome: 1 => ok
// source: mq_notify(3)
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int signals;
static void on_message(int signal) { signals++; }
int main(void) {
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 1};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    signal(SIGUSR1, on_message);
    mq_unlink("/conformance-notify");
    mqd_t queue = mq_open("/conformance-notify", O_CREAT | O_RDWR, 0600, &attributes);
    mq_notify(queue, &event);
    pid_t child = fork();
    if (child == 0) { mq_send(queue, "1", 1, 0); mq_send(queue, "2", 1, 0); _exit(0); }
    waitpid(child, NULL, 0);
    mq_unlink("/conformance-notify");
    printf("%d\n", signals);
}
