// Who starts another one and dies of a fault at once leaves an orphan, which may have seen its parent alive.
// outcome: with its parent => killed by SIGSEGV
// outcome: alone => killed by SIGSEGV
// source: fork(2), signal(7), getppid(2)
#include <sys/types.h>
#include <unistd.h>

int main(void) {
    pid_t first = getpid();
    if (fork() == 0) {
        if (getppid() == first) write(1, "with its parent\n", 16);
        else write(1, "alone\n", 6);
        _exit(0);
    }
    *(volatile int *)16 = 1;
}
