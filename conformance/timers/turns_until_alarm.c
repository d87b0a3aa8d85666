// The same with an alarm.
// outcome: got it => ok
// source: argument
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t flag;
static void on(int s) { flag = 1; }
int main(void) {
    signal(SIGALRM, on);
    alarm(1);
    while (!flag) continue;
    puts("got it");
}
