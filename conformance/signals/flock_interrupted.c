// A wait for a lock is interrupted by a handler without SA_RESTART, or the lock has been freed in time.
// outcome: locked => ok
// outcome: EINTR => ok
// source: argument; flock(2)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_signal};
    pid_t me = getpid();
    int file = open("file", O_CREAT | O_RDWR, 0600);
    flock(file, LOCK_EX);
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); flock(file, LOCK_UN); _exit(0); }
    puts(flock(open("file", O_RDWR), LOCK_EX) == 0 ? "locked" : errno == EINTR ? "EINTR" : "?");
}
