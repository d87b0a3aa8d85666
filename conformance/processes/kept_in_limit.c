// Which of two children has ended first is kept in a limit and nowhere else while a third child comes and goes.
// outcome: 1 => ok
// outcome: 2 => ok
// source: argument; setrlimit(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    struct rlimit limit = {100 + first, 200};
    setrlimit(RLIMIT_NOFILE, &limit);
    wait(NULL);
}

int main(void) {
    keep();
    if (fork() == 0) _exit(0);
    wait(NULL);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("%d\n", (int)limit.rlim_cur - 100);
}
