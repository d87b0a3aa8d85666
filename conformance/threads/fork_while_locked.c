// A child inherits a mutex that another thread holds, and will never get it.
// outcome: child => ok
// outcome: (nothing) => deadlock
// source: argument; fork(2)
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *p) { pthread_mutex_lock(&m); usleep(1000); pthread_mutex_unlock(&m); return NULL; }
int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    if (fork() == 0) { pthread_mutex_lock(&m); write(1, "child\n", 6); _exit(0); }
    wait(NULL);
    pthread_join(t, NULL);
}
