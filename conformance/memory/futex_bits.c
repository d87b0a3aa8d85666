// Of two who wait for a word, each by a bit of its own, a wake-up with one of the bits finds one.
// outcome: second | first => ok
// source: argument; futex(2), FUTEX_WAIT_BITSET
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t first = fork();
    if (first == 0) {
        syscall(SYS_futex, word, FUTEX_WAIT_BITSET, 0, 0, 0, 1);
        write(1, "first\n", 6);
        _exit(0);
    }
    pid_t second = fork();
    if (second == 0) {
        syscall(SYS_futex, word, FUTEX_WAIT_BITSET, 0, 0, 0, 2);
        write(1, "second\n", 7);
        _exit(0);
    }
    while (syscall(SYS_futex, word, FUTEX_WAKE_BITSET, 1, 0, 0, 2) != 1) usleep(100);
    waitpid(second, 0, 0);
    while (syscall(SYS_futex, word, FUTEX_WAKE_BITSET, 1, 0, 0, 1) != 1) usleep(100);
    waitpid(first, 0, 0);
}
