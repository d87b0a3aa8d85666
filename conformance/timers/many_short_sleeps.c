// Whoever sleeps a hundred times in a row, and does not look in between whether the other has come, waits for nobody: each order is possible, as after one long sleep.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { write(1, "a\n", 2); return 0; }
    for (int i = 0; i < 100; i++) { usleep(1000); sched_yield(); poll(0, 0, 1); }
    write(1, "b\n", 2);
    wait(0);
}
