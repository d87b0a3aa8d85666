// One thread makes a file while another one sets the mask for the permissions of new files, which all threads of a process have in common.
// outcome: 640 => ok
// outcome: 666 => ok
// source: argument; umask(2), clone(2) (CLONE_FS)
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

static void *sets_mask(void *unused) {
    umask(0);
    return unused;
}

int main(void) {
    pthread_t thread;
    struct stat file;
    umask(026);
    pthread_create(&thread, NULL, sets_mask, NULL);
    int fd = open("new", O_CREAT | O_WRONLY, 0666);
    pthread_join(thread, NULL);
    fstat(fd, &file);
    printf("%o\n", (unsigned)file.st_mode & 0777);
}
