// The kernel writes to shared memory what a process asks of its scheduling, while another process writes beside that.
// outcome: told 1 => ok
// source: sched_rr_get_interval(2)
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared {
    struct timespec interval;
    int beside;
};

int main(void) {
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) _exit(sched_rr_get_interval(0, &shared->interval) == 0 ? 0 : 1);
    shared->beside = 1;
    int status;
    wait(&status);
    printf("%s %d\n", status == 0 ? "told" : "refused", shared->beside);
}
