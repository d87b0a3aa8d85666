// A child asks to be killed with its parent, which is the thread that has started it, and not the process: it has printed by then, or not.
// outcome: lives => ok
// outcome: (nothing) => ok
// source: argument; prctl(2), PR_SET_PDEATHSIG
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void *starts(void *unused) {
    int y[2]; char t; pipe(y);
    if (!fork()) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        write(y[1], "r", 1);
        write(1, "lives\n", 6);
        _exit(0);
    }
    read(y[0], &t, 1);
    return 0;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, 0, starts, 0);
    pthread_join(thread, 0);
    wait(0);
}
