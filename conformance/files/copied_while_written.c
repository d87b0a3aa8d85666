// A file is copied by one call while another process writes over it.
// outcome: old => ok
// outcome: new => ok
// source: argument; copy_file_range(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[4];
    int file = open("file", O_CREAT | O_RDWR, 0600);
    int copy = open("copy", O_CREAT | O_RDWR, 0600);
    write(file, "old\n", 4);
    if (fork() == 0) {
        pwrite(file, "new\n", 4, 0);
        _exit(0);
    }
    off64_t start = 0;
    copy_file_range(file, &start, copy, NULL, 4, 0);
    wait(NULL);
    pread(copy, text, 4, 0);
    write(1, text, 4);
}
