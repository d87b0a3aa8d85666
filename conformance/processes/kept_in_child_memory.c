// Which of two children has ended first is kept in what its children get of its memory and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; madvise(2)
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char *pages;

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    madvise(pages + 4096 * (first - 1), 4096, MADV_WIPEONFORK);
    wait(NULL);
}

int main(void) {
    pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pages[0] = pages[4096] = 1;
    keep();
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    pid_t fourth = fork();
    if (fourth == 0) {
        printf("%d\n", pages[0] ? 2 : 1);
        return 0;
    }
    waitpid(fourth, NULL, 0);
    puts(is_gone ? "gone" : "there");
}
