// A child of a process with threads has one thread only: the other's line comes once.
// outcome: t | c | m => ok
// outcome: c | t | m => ok
// source: argument; fork(2)
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *run(void *pipe) {
    char x;
    read(*(int *)pipe, &x, 1);
    write(1, "t\n", 2);
    return NULL;
}
int main(void) {
    int p[2];
    pthread_t thread;
    pipe(p);
    pthread_create(&thread, NULL, run, p);
    pid_t child = fork();
    if (child == 0) { write(1, "c\n", 2); _exit(0); }
    write(p[1], "x", 1);
    pthread_join(thread, NULL);
    waitpid(child, NULL, 0);
    write(1, "m\n", 2);
}
