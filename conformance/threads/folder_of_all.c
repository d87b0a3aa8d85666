// One thread makes a file while another one goes into a folder by its descriptor: all threads of a process have one working directory.
// outcome: inside => ok
// outcome: outside => ok
// source: argument; fchdir(2), clone(2) (CLONE_FS)
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int folder;

static void *goes_in(void *unused) {
    fchdir(folder);
    return unused;
}

int main(void) {
    pthread_t thread;
    mkdir("folder", 0777);
    folder = open("folder", O_RDONLY | O_DIRECTORY);
    pthread_create(&thread, NULL, goes_in, NULL);
    close(open("new", O_CREAT | O_WRONLY, 0666));
    pthread_join(thread, NULL);
    puts(access("new", F_OK) == 0 ? "inside" : "outside");
}
