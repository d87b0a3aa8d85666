// A signal with a value comes before, while, or after its target waits for a semaphore in shared memory; its handler stores the value
// there.
// outcome: 7 => ok
// source: argument; sigqueue(3), sem_wait(3)
#define _GNU_SOURCE
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared { sem_t semaphore; volatile int value; } *shared;

static void keep(int signal, siginfo_t *info, void *context) {
    (void)signal; (void)context;
    shared->value += info->si_value.sival_int;
}

int main(void) {
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(&shared->semaphore, 1, 0);
    struct sigaction action = {.sa_sigaction = keep, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGUSR1, &action, 0);
    if (fork() == 0) {
        sigqueue(getppid(), SIGUSR1, (union sigval){.sival_int = 7});
        sem_post(&shared->semaphore);
        _exit(0);
    }
    while (sem_wait(&shared->semaphore)) continue;
    while (wait(NULL) < 0) continue;
    printf("%d\n", shared->value);
}
