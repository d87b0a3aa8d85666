// A process tries twice in a row to take a semaphore that another one posts twice in a row: any post may come between the two.
// outcome: no no => ok
// outcome: no yes => ok
// outcome: yes no => ok
// outcome: yes yes => ok
// source: argument; sem_trywait(3), sem_post(3)
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    sem_t *tokens = mmap(NULL, sizeof *tokens, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(tokens, 1, 0);
    if (fork() == 0) {
        sem_post(tokens);
        sem_post(tokens);
        _exit(0);
    }
    int first = sem_trywait(tokens), second = sem_trywait(tokens);
    wait(NULL);
    printf("%s %s\n", first == 0 ? "yes" : "no", second == 0 ? "yes" : "no");
}
