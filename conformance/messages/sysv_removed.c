// The queue is removed while the child receives: it is told so, or does not find the queue any more.
// outcome: EIDRM => ok
// outcome: EINVAL => ok
// source: argument; msgop(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct message { long type; char letter; };
int main(void) {
    struct message m;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int queue = msgget(IPC_PRIVATE, 0600);
    if (fork() == 0) {
        if (msgrcv(queue, &m, 1, 0, 0) < 0) puts(errno == EIDRM ? "EIDRM" : errno == EINVAL ? "EINVAL" : "?");
        exit(0);
    }
    msgctl(queue, IPC_RMID, NULL);
    wait(NULL);
}
