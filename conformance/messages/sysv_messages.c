// Two processes send to a System V message queue.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct message { long type; char letter; };
int main(void) {
    struct message m = {1};
    setvbuf(stdout, NULL, _IOLBF, 0);
    int queue = msgget(IPC_PRIVATE, 0600);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { m.letter = 'a' + i; msgsnd(queue, &m, 1, 0); exit(0); }
    for (int i = 0; i < 2; i++) { msgrcv(queue, &m, 1, 0, 0); printf("%c\n", m.letter); }
    while (wait(NULL) > 0) continue;
    msgctl(queue, IPC_RMID, NULL);
}
