// What makes no sense is refused at once, and nothing is waited for: descriptors that cannot be read or are too many, masks of a wrong size.
// outcome: 12 of 12 => ok
// source: poll(2), select(2), epoll_wait(2), sigsuspend(2), wait(2), futex(2), read(2): EINVAL, EFAULT
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int tried, refused;

static void see(long answer) {
    tried++;
    refused += answer < 0 && (errno == EINVAL || errno == EFAULT);
}

int main(void) {
    int p[2], words[2] = {0};
    char c;
    void *nowhere = (void *)8;
    unsigned long mask = 0;
    struct epoll_event event;
    pipe(p);
    if (fork() == 0) {
        close(p[1]);
        read(p[0], &c, 1);
        _exit(0);
    }
    see(syscall(SYS_ppoll, nowhere, 1, 0, 0, 8));
    see(syscall(SYS_ppoll, nowhere, 1u << 30, 0, 0, 8));
    see(syscall(SYS_ppoll, 0, 0, 0, &mask, 4));
    see(syscall(SYS_pselect6, -1, 0, 0, 0, 0, 0));
    see(syscall(SYS_pselect6, 5, nowhere, 0, 0, 0, 0));
    see(syscall(SYS_epoll_pwait, epoll_create1(0), &event, 0, -1, 0, 8));
    see(syscall(SYS_epoll_pwait, p[0], &event, 1, -1, 0, 8));
    see(syscall(SYS_rt_sigsuspend, &mask, 4));
    see(syscall(SYS_waitid, P_ALL, 0, 0, 0, 0));
    see(syscall(SYS_wait4, -1, 0, 0x100000, 0));
    see(syscall(SYS_futex, (char *)words + 1, 0, 0, 0));
    see(syscall(SYS_read, eventfd(0, 0), nowhere, -1L));
    printf("%d of %d\n", refused, tried);
    close(p[1]);
    wait(NULL);
}
