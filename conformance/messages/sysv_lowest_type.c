// A negative type asks for the lowest type that is there.
// outcome: 1 | 2 => ok
// outcome: 2 | 1 => ok
// source: argument; msgop(2)
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
    if (fork() == 0) {
        for (m.type = 2; m.type >= 1; m.type--) { m.letter = '0' + m.type; msgsnd(queue, &m, 1, 0); }
        _exit(0);
    }
    for (int i = 0; i < 2; i++) { msgrcv(queue, &m, 1, -2, 0); printf("%c\n", m.letter); }
    wait(NULL);
    msgctl(queue, IPC_RMID, NULL);
}
