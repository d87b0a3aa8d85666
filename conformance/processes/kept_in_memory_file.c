// Which of two children has ended first is kept in a file of memfd_create and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; memfd_create(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
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
    memfd_create("kept", 0);
    keep();
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    char c = 0;
    pread(3, &c, 1, 0);
    printf("%c\n", c);
    puts(is_gone ? "gone" : "there");
}
