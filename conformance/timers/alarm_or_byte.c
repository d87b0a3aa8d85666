// A read with an alarm as its time-out: the byte, or EINTR, or a handler that came too early or too late to be heard.
// outcome: byte => ok
// outcome: EINTR => ok
// time: any
// source: argument; the byte is written in the end, so nobody hangs
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_alarm(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval soon = {{0, 0}, {0, 1500}};
    int p[2];
    char x;
    pipe(p);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
    puts(read(p[0], &x, 1) == 1 ? "byte" : errno == EINTR ? "EINTR" : "?");
    wait(NULL);
}
