// A child has the memory mapped once more, elsewhere, and waits at a word there; the parent sets and wakes it at its own address.
// outcome: woken | end => ok
// source: argument; futex(2), "the same physical memory"
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = memfd_create("word", 0);
    ftruncate(file, 4096);
    int *here = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (fork() == 0) {
        int *there = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        while (__atomic_load_n(there, __ATOMIC_SEQ_CST) == 0) syscall(SYS_futex, there, FUTEX_WAIT, 0, 0, 0, 0);
        write(1, "woken\n", 6);
        _exit(0);
    }
    __atomic_store_n(here, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, here, FUTEX_WAKE, 1, 0, 0, 0);
    wait(0);
    write(1, "end\n", 4);
}
