// Only if the child has taken the token first does its parent wait for it; a sleep makes that likely, and decides nothing.
// outcome: child | parent => ok
// outcome: parent | child => ok
// source: argument
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char token = '0';
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe(p);
    write(p[1], &token, 1);
    if (fork() == 0) {
        read(p[0], &token, 1);
        write(p[1], "1", 1);
        puts("child");
        exit(0);
    }
    sleep(1);
    read(p[0], &token, 1);
    if (token == '1') wait(NULL);
    else write(p[1], "0", 1);
    puts("parent");
}
