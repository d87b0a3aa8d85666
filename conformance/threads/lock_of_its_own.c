// Three threads print two lines each under a lock that the program makes of a word of memory and futex(2).
// outcome: a1 | a2 | b1 | b2 | c1 | c2 => ok
// outcome: a1 | a2 | c1 | c2 | b1 | b2 => ok
// outcome: b1 | b2 | a1 | a2 | c1 | c2 => ok
// outcome: b1 | b2 | c1 | c2 | a1 | a2 => ok
// outcome: c1 | c2 | a1 | a2 | b1 | b2 => ok
// outcome: c1 | c2 | b1 | b2 | a1 | a2 => ok
// source: argument; U. Drepper, Futexes Are Tricky ("Mutex, Take 2")
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int word; // 0: free, 1: taken, 2: taken, and somebody may wait
static void lock(void) {
    int free = 0;
    if (atomic_compare_exchange_strong(&word, &free, 1)) return;
    while (atomic_exchange(&word, 2) != 0) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, NULL);
}
static void unlock(void) {
    if (atomic_exchange(&word, 0) == 2) syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
}
static void *run(void *name) {
    char text[3] = {*(char *)name, '1', '\n'};
    lock();
    write(1, text, 3);
    text[1] = '2';
    write(1, text, 3);
    unlock();
    return NULL;
}
int main(void) {
    char *names[] = {"a", "b", "c"};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, run, names[i]);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}
