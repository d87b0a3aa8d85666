// Who has written, and then dies of a fault, may be alive still when poll(2) looks at what it has written and at its life.
// outcome: written => ok
// outcome: written and dead => ok
// source: pidfd_open(2), poll(2), signal(7)
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        write(ends[1], "x", 1);
        *(volatile int *)16 = 1;
    }
    struct pollfd both[2] = {{(int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0}, {ends[0], POLLIN, 0}};
    poll(both, 2, -1);
    if (both[0].revents && both[1].revents) write(1, "written and dead\n", 17);
    else if (both[1].revents) write(1, "written\n", 8);
    else write(1, "dead\n", 5);
    wait(NULL);
}
