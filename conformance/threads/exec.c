// exec by a thread ends all others, main too: main has said its word before, or not.
// outcome: new => ok
// outcome: m | new => ok
// source: argument; execve(2)
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *run(void *name) { execlp("echo", "echo", "new", NULL); return NULL; }
int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    write(1, "m\n", 2);
    for (;;) pause();
}
