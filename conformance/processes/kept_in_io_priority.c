// Which of two children has ended first is kept in how urgent input and output are and nowhere else when a third child is started; the parent tells it if it finds the third one ended already.
// outcome: 1 => ok
// outcome: 2 => ok
// outcome: there => ok
// source: argument; ioprio_set(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OF_PROCESS = 1, BEST_EFFORT = 2 << 13 };

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    syscall(SYS_ioprio_set, OF_PROCESS, 0, BEST_EFFORT | first);
    wait(NULL);
}

// Nor of what the functions that it called have left on the stack.
__attribute__((noinline)) static void forget(void) {
    volatile char stack[8192];
    for (int i = 0; i < 8192; i++) stack[i] = 0;
}

int main(void) {
    keep();
    forget();
    pid_t third = fork();
    if (third == 0) _exit(0);
    if (waitpid(third, NULL, WNOHANG) != third) {
        puts("there");
        return 0;
    }
    printf("%ld\n", syscall(SYS_ioprio_get, OF_PROCESS, 0) & 7);
}
