// Which of two children has ended first is kept in whether two descriptors of a file share their offset and nowhere else when a third child is started; the parent tells it if it finds the third one ended already.
// outcome: apart => ok
// outcome: shared => ok
// outcome: there => ok
// source: argument; open(2), dup2(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int one, other;

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    int opened = open("/proc/self/exe", O_RDONLY);
    dup2(first == 1 ? one : opened, other);
    close(opened);
    wait(NULL);
}

// Nor of what the functions that it called have left on the stack.
__attribute__((noinline)) static void forget(void) {
    volatile char stack[8192];
    for (int i = 0; i < 8192; i++) stack[i] = 0;
}

int main(void) {
    one = open("/proc/self/exe", O_RDONLY);
    other = open("/proc/self/exe", O_RDONLY);
    keep();
    forget();
    pid_t third = fork();
    if (third == 0) _exit(0);
    if (waitpid(third, NULL, WNOHANG) != third) {
        puts("there");
        return 0;
    }
    lseek(one, 1, SEEK_SET);
    puts(lseek(other, 0, SEEK_CUR) == 1 ? "shared" : "apart");
}
