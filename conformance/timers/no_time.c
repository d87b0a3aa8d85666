// A time that is less than nothing, or has too many nanoseconds, is refused at once, and nothing is waited for.
// outcome: 13 of 13, 12 of 12 => ok
// source: nanosleep(2), poll(2), select(2), sigwaitinfo(2), futex(2), semop(2), mq_receive(3), setitimer(2), timerfd_create(2): EINVAL
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int tried, refused;

static void see(long answer) {
    tried++;
    refused += answer < 0 && errno == EINVAL;
}

static void try(struct timespec time) {
    struct timeval little = {time.tv_sec, time.tv_nsec / 1000};
    struct itimerval interval = {.it_value = little};
    struct itimerspec timer = {.it_value = time};
    struct pollfd in = {0, 0};
    struct sembuf down = {0, -1, 0};
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 1};
    int word = 0, timerfd = timerfd_create(CLOCK_MONOTONIC, 0);
    int semaphore = semget(IPC_PRIVATE, 1, 0600);
    mqd_t queue = mq_open("/conformance-no_time", O_RDWR | O_CREAT, 0600, &attributes);
    mq_unlink("/conformance-no_time");
    sigset_t none;
    char byte;
    sigemptyset(&none);
    tried = refused = 0;
    see(syscall(SYS_nanosleep, &time, 0));
    see(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, 0));
    see(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, 0));
    see(syscall(SYS_ppoll, &in, 0, &time, 0, 8));
    see(syscall(SYS_pselect6, 0, 0, 0, 0, &time, 0));
    see(syscall(SYS_rt_sigtimedwait, &none, 0, &time, 8));
    see(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time));
    see(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &time, 0, -1));
    see(setitimer(ITIMER_REAL, &interval, 0));
    see(timerfd_settime(timerfd, 0, &timer, 0));
    see(semtimedop(semaphore, &down, 1, &time));
    see(syscall(SYS_mq_timedreceive, queue, &byte, 1, 0, &time));
    // Of this one, too many microseconds are seconds.
    if (time.tv_sec < 0) see(select(0, 0, 0, 0, &little));
    semctl(semaphore, 0, IPC_RMID);
    close(timerfd);
    mq_close(queue);
}

int main(void) {
    if (fork() == 0) _exit(0);
    wait(NULL);
    try((struct timespec){-1, 0});
    printf("%d of %d, ", refused, tried);
    try((struct timespec){0, 2000000000});
    printf("%d of %d\n", refused, tried);
}
