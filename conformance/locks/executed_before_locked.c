// The same with a lock of the open file (F_OFD_SETLK), where the other one lets go of it by executing a program.
// outcome: free => ok
// outcome: taken => ok
// source: argument; fcntl(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count > 1) return 0;
    int go[2];
    char token;
    pipe(go);
    int file = open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    struct flock whole = {.l_type = F_WRLCK};
    if (fork() == 0) {
        read(go[0], &token, 1);
        execl("/proc/self/exe", arguments[0], "again", NULL);
        _exit(1);
    }
    pid_t locker = fork();
    if (locker == 0) {
        fcntl(file, F_OFD_SETLK, &whole);
        _exit(0);
    }
    close(file);
    write(go[1], "x", 1);
    waitpid(locker, NULL, 0);
    int anew = open("file", O_RDWR);
    printf("%s\n", fcntl(anew, F_OFD_SETLK, &whole) ? "taken" : "free");
}
