// A timer and a pause; if sleeps decide the order there is one output, and if a second may pass at any place, a last pause may miss its signal.
// outcome: beep | beep | boom => ok
// outcome: beep | beep => deadlock
// time: any
// source: argument
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

static volatile int count;
static void on_alarm(int signal) {
    if (++count < 3) { write(1, "beep\n", 5); alarm(1); }
}
int main(void) {
    signal(SIGALRM, on_alarm);
    alarm(1);
    while (count < 3) pause();
    write(1, "boom\n", 5);
}
