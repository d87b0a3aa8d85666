// Which of two children has ended first is kept in a file and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; write(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    char c = '0' + first;
    pwrite(3, &c, 1, 0);
    wait(NULL);
}

int main(void) {
    open("file", O_RDWR | O_CREAT, 0600);
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    char c;
    pread(3, &c, 1, 0);
    printf("%c\n", c);
}
