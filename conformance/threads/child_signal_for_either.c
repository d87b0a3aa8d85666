// A signal that comes to a process wakes one of its threads; while that is on its way, the other one begins to wait, and is not woken for it.
// outcome: done => ok
// source: argument; signal(7)
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static sem_t ended;

static void hears(int signal) {
    sem_post(&ended);
}

static void *waits(void *nothing) {
    while (sem_wait(&ended) != 0)
        ;
    return nothing;
}

int main(void) {
    sem_init(&ended, 0, 0);
    signal(SIGCHLD, hears);
    pthread_t thread;
    pthread_create(&thread, NULL, waits, NULL);
    if (fork() == 0)
        _exit(0);
    pthread_join(thread, NULL);
    wait(NULL);
    write(1, "done\n", 5);
}
