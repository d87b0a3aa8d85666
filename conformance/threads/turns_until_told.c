// A thread turns until main has set a flag.
// outcome: main | thread => ok
// source: argument
#include <pthread.h>
#include <unistd.h>

static volatile int flag;
static void *work(void *p) { while (!flag) continue; write(1, "thread\n", 7); return NULL; }
int main(void) {
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    write(1, "main\n", 5);
    flag = 1;
    pthread_join(t, NULL);
}
