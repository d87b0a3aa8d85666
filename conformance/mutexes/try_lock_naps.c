// Two processes try again and again, with naps, to get a mutex that they share.
// outcome: in | out | in | out => ok
// source: argument
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t *mutex;
static void turn(void) {
    while (pthread_mutex_trylock(mutex) != 0) usleep(1000);
    write(1, "in\n", 3);
    write(1, "out\n", 4);
    pthread_mutex_unlock(mutex);
}

int main(void) {
    mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(mutex, &attr);
    if (fork() == 0) { turn(); _exit(0); }
    turn();
    wait(NULL);
}
