// A receiver asks for messages of one type; the other stays until it is asked for.
// outcome: b | a => ok
// source: msgop(2)
#define _GNU_SOURCE
#include <stdio.h>
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
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { m.type = i + 1; m.letter = 'a' + i; msgsnd(queue, &m, 1, 0); _exit(0); }
    for (int type = 2; type >= 1; type--) { msgrcv(queue, &m, 1, type, 0); printf("%c\n", m.letter); }
    while (wait(NULL) > 0) continue;
    msgctl(queue, IPC_RMID, NULL);
}
