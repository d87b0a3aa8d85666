// Who posts a semaphore is killed at any moment: perhaps when it has counted, and has not woken who waits, who then sleeps for ever though there
// is something to have.
// outcome: 0 => deadlock
// outcome: 0 | got it => ok
// outcome: got it | 0 => ok
// outcome: 1 | got it => ok
// outcome: got it | 1 => ok
// outcome: 1 => deadlock
// source: argument; sem_post(3), glibc's nptl/sem_post.c, kill(2)
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *there = mmap(NULL, sizeof *there, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(there, 1, 0);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    pid_t waits = fork();
    if (waits == 0) {
        sem_wait(there);
        puts("got it");
        _exit(0);
    }
    pid_t posts = fork();
    if (posts == 0) {
        sem_post(there);
        _exit(0);
    }
    kill(posts, SIGKILL);
    waitpid(posts, NULL, 0);
    int value;
    sem_getvalue(there, &value);
    printf("%d\n", value);
    waitpid(waits, NULL, 0);
}
