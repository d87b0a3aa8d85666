// The holder of a lock is killed while another process tries to get it.
// outcome: free => ok
// outcome: taken => ok
// source: argument; flock(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ready[2]; char c;
    pipe(ready);
    pid_t holder = fork();
    if (holder == 0) { int fd = open("lock", O_CREAT | O_RDWR, 0644); flock(fd, LOCK_EX); write(ready[1], "x", 1); pause(); _exit(0); }
    read(ready[0], &c, 1);
    if (fork() == 0) {
        int fd = open("lock", O_RDWR);
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) write(1, "free\n", 5);
        else write(1, "taken\n", 6);
        _exit(0);
    }
    kill(holder, SIGKILL);
    while (wait(NULL) > 0) continue;
}
