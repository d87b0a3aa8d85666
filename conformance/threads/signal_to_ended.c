// A thread says that it is there, and ends. Whoever then asks for it by its number may find it still there, or gone.
// outcome: there => ok
// outcome: gone => ok
// source: argument; tgkill(2)
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

static sem_t said;
static pid_t number;

static void *says(void *nothing) {
    number = gettid();
    sem_post(&said);
    return nothing;
}

int main(void) {
    sem_init(&said, 0, 0);
    pthread_t thread;
    pthread_create(&thread, NULL, says, NULL);
    sem_wait(&said);
    if (syscall(SYS_tgkill, getpid(), number, 0) == 0)
        write(1, "there\n", 6);
    else
        write(1, "gone\n", 5);
    pthread_join(thread, NULL);
}
