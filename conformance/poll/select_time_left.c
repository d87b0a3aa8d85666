// select tells how much of its time is left: nothing when it is up, with descriptors and without; poll says of one that is none that nothing has come.
// outcome: 0 0 | 0 0 | 0 0 => ok
// source: argument; select(2), poll(2)
#include <poll.h>
#include <stdio.h>
#include <sys/select.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(ends[0], &readable);
    struct timeval left = {0, 100000};
    int ready = select(ends[0] + 1, &readable, NULL, NULL, &left);
    printf("%d %ld\n", ready, (long)left.tv_usec);
    left.tv_usec = 100000;
    ready = select(0, NULL, NULL, NULL, &left);
    printf("%d %ld\n", ready, (long)left.tv_usec);
    struct pollfd none = {.fd = -1, .events = POLLIN, .revents = POLLIN};
    ready = poll(&none, 1, 100);
    printf("%d %d\n", ready, none.revents);
}
