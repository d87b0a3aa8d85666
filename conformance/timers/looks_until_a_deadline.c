// Whoever looks again and again for what never comes, and at the clock, gives up when its time is over, whatever it looks at.
// outcome: file | pipe | folder | process | over => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int goes_on(void) {
    static struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!start.tv_sec) start = now;
    double passed = now.tv_sec - start.tv_sec + (now.tv_nsec - start.tv_nsec) / 1e9;
    if (passed < 0.1) return 1;
    start.tv_sec = 0;
    return 0;
}
static void says(const char *text, int length) { if (write(1, text, length) < 0) _exit(1); }

int main(void) {
    int ends[2], child;
    struct stat status;
    char byte;
    if (pipe2(ends, O_NONBLOCK)) return 1;
    if ((child = fork()) == 0) { pause(); return 0; }
    while (goes_on()) if (stat("there", &status) == 0) return 1;
    says("file\n", 5);
    while (goes_on()) if (read(ends[0], &byte, 1) > 0) return 1;
    says("pipe\n", 5);
    while (goes_on()) if (mkdir("/tmp", 0700) == 0) return 1;
    says("folder\n", 7);
    while (goes_on()) if (kill(child, 0) != 0) return 1;
    says("process\n", 8);
    while (goes_on()) sched_yield();
    kill(child, SIGKILL);
    wait(0);
    says("over\n", 5);
}
