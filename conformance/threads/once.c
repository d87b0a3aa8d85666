// pthread_once(3) runs its function once, before either thread goes on.
// outcome: once | x | x => ok
// source: pthread_once(3p)
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void first(void) { write(1, "once\n", 5); }
static void *run(void *name) { pthread_once(&once, first); write(1, "x\n", 2); return NULL; }
int main(void) {
    pthread_t a, b;
    pthread_create(&a, NULL, run, NULL);
    pthread_create(&b, NULL, run, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
