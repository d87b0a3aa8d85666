// A timer is armed and disarmed by the child; the parent reads it without waiting after that: has it gone off?
// outcome: none => ok
// outcome: went off => ok
// source: argument
#define _GNU_SOURCE
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
int main(void) {
    int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec soon = {{0,0},{0,1000000}}, never = {{0,0},{0,0}};
    timerfd_settime(t, 0, &soon, NULL);
    uint64_t n;
    int got = read(t, &n, 8);
    timerfd_settime(t, 0, &never, NULL);
    if (read(t, &n, 8) == 8) got = 100;
    write(1, got == 8 ? "went off\n" : got == 100 ? "late\n" : "none\n", got == 8 ? 9 : 5);
}
