// Two processes copy a file by one descriptor, each a part.
// outcome: ab => ok
// outcome: ba => ok
// outcome: aa => ok
// source: argument; copy_file_range(2): without a place of its own it moves that of the open description, but keeps nobody from that meanwhile:
// both may begin at the same place
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[3] = {0, 0, '\n'};
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "ab", 2);
    lseek(file, 0, SEEK_SET);
    int mine = open("mine", O_CREAT | O_RDWR, 0600);
    int its = open("its", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        copy_file_range(file, NULL, its, NULL, 1, 0);
        _exit(0);
    }
    copy_file_range(file, NULL, mine, NULL, 1, 0);
    wait(NULL);
    pread(mine, text, 1, 0);
    pread(its, text + 1, 1, 0);
    write(1, text, 3);
}
