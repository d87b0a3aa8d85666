// Threads have one mask for new files together: one changes it while another makes a file.
// outcome: set | for me => ok
// outcome: for all | set => ok
// outcome: set | for all => ok
// outcome: for me | set => ok
// source: argument; umask(2), pthreads(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static void *run(void *unused) {
    umask(077);
    write(1, "set\n", 4);
    return NULL;
}
int main(void) {
    pthread_t thread;
    struct stat made;
    umask(022);
    pthread_create(&thread, NULL, run, NULL);
    fstat(open("file", O_CREAT | O_WRONLY, 0666), &made);
    write(1, made.st_mode & 040 ? "for all\n" : "for me\n", made.st_mode & 040 ? 8 : 7);
    pthread_join(thread, NULL);
}
