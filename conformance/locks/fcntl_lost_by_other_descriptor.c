// Whoever closes any descriptor of a file lets go of the locks that its process has on it, also of one that was never used for locking.
// outcome: taken => ok
// outcome: free => ok
// source: argument; fcntl_locking(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_CREAT | O_RDWR, 0600), again = open("file", O_RDWR);
    struct flock all = {.l_type = F_WRLCK};
    fcntl(file, F_SETLK, &all);
    if (fork() == 0) {
        puts(fcntl(file, F_SETLK, &all) == 0 ? "free" : "taken");
        return 0;
    }
    close(again);
    wait(NULL);
}
