// A process looks for a file again and again until another one has made it.
// outcome: there => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) { close(open("here", O_CREAT | O_WRONLY, 0644)); _exit(0); }
    while (access("here", F_OK) != 0) continue;
    write(1, "there\n", 6);
    wait(NULL);
}
