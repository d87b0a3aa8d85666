// IPC_NOWAIT: a message is there, or not yet.
// outcome: got => ok
// outcome: ENOMSG => ok
// source: argument; msgop(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct message { long type; char letter; };
int main(void) {
    struct message m = {1, 'x'};
    int queue = msgget(IPC_PRIVATE, 0600);
    if (fork() == 0) { msgsnd(queue, &m, 1, 0); _exit(0); }
    puts(msgrcv(queue, &m, 1, 0, IPC_NOWAIT) == 1 ? "got" : errno == ENOMSG ? "ENOMSG" : "?");
    wait(NULL);
    msgctl(queue, IPC_RMID, NULL);
}
