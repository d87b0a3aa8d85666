// A signal to the process goes to the one thread that does not block it; its handler speaks before main is told of the thread's end.
// outcome: h | m => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static int p[2];
static void on_signal(int signal) { write(1, "h\n", 2); write(p[1], "x", 1); }
static void *run(void *open) {
    char x;
    pthread_sigmask(SIG_SETMASK, open, NULL);
    while (read(p[0], &x, 1) < 0) continue;
    return NULL;
}
int main(void) {
    sigset_t usr1, old;
    pthread_t thread;
    pid_t me = getpid();
    pipe(p);
    signal(SIGUSR1, on_signal);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &old);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    pthread_create(&thread, NULL, run, &old);
    pthread_join(thread, NULL);
    write(1, "m\n", 2);
}
