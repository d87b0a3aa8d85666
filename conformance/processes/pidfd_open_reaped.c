// A process makes a pidfd of its sibling, which has ended or will, while their parent waits for that.
// outcome: gone => ok
// outcome: open => ok
// source: argument; pidfd_open(2)
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t first = fork();
    if (first == 0) _exit(0);
    if (fork() == 0) {
        if (syscall(SYS_pidfd_open, first, 0) >= 0) write(1, "open\n", 5);
        else write(1, "gone\n", 5);
        _exit(0);
    }
    waitpid(first, NULL, 0);
    wait(NULL);
}
