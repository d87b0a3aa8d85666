// Which of two children has ended first is kept in its working directory and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; chdir(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    chdir(first == 1 ? "1" : "2");
    wait(NULL);
}

int main(void) {
    mkdir("1", 0700);
    mkdir("2", 0700);
    mkdir("1/there", 0700);
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    printf("%d\n", access("../1/there", F_OK) == 0 && access("there", F_OK) == 0 ? 1 : 2);
}
