// Threads are in one directory together: one goes elsewhere while another looks for a file.
// outcome: went | here => ok
// outcome: went | there => ok
// outcome: here | went => ok
// outcome: there | went => ok
// source: argument; chdir(2), pthreads(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static int folder;
static void *run(void *unused) {
    fchdir(folder);
    write(1, "went\n", 5);
    return NULL;
}
int main(void) {
    pthread_t thread;
    mkdir("folder", 0700);
    close(open("file", O_CREAT, 0600));
    folder = open("folder", O_RDONLY);
    pthread_create(&thread, NULL, run, NULL);
    if (access("file", F_OK) == 0) write(1, "here\n", 5);
    else write(1, "there\n", 6);
    pthread_join(thread, NULL);
}
