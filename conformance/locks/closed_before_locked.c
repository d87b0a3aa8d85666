// An open file is locked by one of two who have it, and both close it: who closes it last gives up the lock, though it may have been closed before it was locked.
// outcome: free => ok
// outcome: taken => ok
// source: argument; flock(2)
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int go[2];
    char token;
    pipe(go);
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        read(go[0], &token, 1);
        close(file);
        _exit(0);
    }
    pid_t locker = fork();
    if (locker == 0) {
        flock(file, LOCK_EX);
        _exit(0);
    }
    close(file);
    write(go[1], "x", 1);
    waitpid(locker, NULL, 0);
    int anew = open("file", O_RDWR);
    printf("%s\n", flock(anew, LOCK_EX | LOCK_NB) ? "taken" : "free");
}
