// Who waits for a lock of ours is killed: who wants one of its locks right after that is refused still, since it would be a deadlock, or gets it.
// outcome: locked => ok
// outcome: deadlock => ok
// source: fcntl(2), EDEADLK; kill(2)
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int file, int start, int how) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = 1};
    return fcntl(file, how, &lock);
}

int main(void) {
    int ends[2], file = open("file", O_CREAT | O_RDWR, 0600);
    pipe(ends);
    lock(file, 0, F_SETLK);
    pid_t child = fork();
    if (child == 0) {
        lock(file, 1, F_SETLK);
        write(ends[1], "x", 1);
        lock(file, 0, F_SETLKW);
        pause();
    }
    char byte;
    read(ends[0], &byte, 1);
    kill(child, SIGKILL);
    if (lock(file, 1, F_SETLKW) == 0) write(1, "locked\n", 7);
    else write(1, "deadlock\n", 9);
    wait(NULL);
}
