// Who executes its own program again by /proc/self/exe closes what is to be closed then: the other end is told after that, and not before.
// outcome: first | again | end => ok
// outcome: first | end | again => ok
// source: execve(2), FD_CLOEXEC of fcntl(2), proc(5)
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int token[2], p[2];
    char c;
    if (argc > 1) {
        write(1, "again\n", 6);
        return 0;
    }
    pipe(token);
    pipe2(p, O_CLOEXEC);
    if (fork() == 0) {
        write(token[1], "x", 1);
        write(1, "first\n", 6);
        execl("/proc/self/exe", "again", "again", NULL);
        _exit(1);
    }
    close(p[1]);
    read(token[0], &c, 1);
    if (read(p[0], &c, 1) == 0) write(1, "end\n", 4);
    wait(NULL);
}
