// sem_wait(3) is interrupted by a handler without SA_RESTART, or it has its token.
// outcome: got => ok
// outcome: EINTR => ok
// source: argument; sem_wait(3), signal(7)
#define _GNU_SOURCE
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    struct sigaction action = {.sa_handler = on_signal};
    pid_t me = getpid();
    sem_t *s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(s, 1, 0);
    sigaction(SIGUSR1, &action, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); sem_post(s); _exit(0); }
    puts(sem_wait(s) == 0 ? "got" : errno == EINTR ? "EINTR" : "?");
}
