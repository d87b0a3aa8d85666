// Each run starts from the same files: this prints the same in every run, however many there are, and leaves nothing behind.
// outcome: 1 => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("log", O_CREAT | O_APPEND | O_RDWR, 0600);
    if (fork() == 0) { write(file, "x", 1); _exit(0); }
    wait(NULL);
    printf("%ld\n", (long)lseek(file, 0, SEEK_END));
}
