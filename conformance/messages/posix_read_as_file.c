// The descriptor of a POSIX message queue is read like a file: it says how many bytes are in it, and waits for none.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument; mq_overview(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[200] = "";
    int bytes = -1;
    struct mq_attr room = {0, 2, 8};
    mq_unlink("/conformance-read-as-file");
    mqd_t queue = mq_open("/conformance-read-as-file", O_CREAT | O_RDWR, 0600, &room);
    mq_unlink("/conformance-read-as-file");
    if (fork() == 0) { mq_send(queue, "x", 1, 0); _exit(0); }
    read(queue, text, sizeof text - 1);
    sscanf(text, "QSIZE:%d", &bytes);
    printf("%d\n", bytes);
    wait(NULL);
}
