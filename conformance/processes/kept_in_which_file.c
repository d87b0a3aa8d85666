// Which of two children has ended first is kept in which of two files of the same contents has which name and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; rename(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    if (first == 2) {
        rename("a", "c");
        rename("b", "a");
        rename("c", "b");
    }
    wait(NULL);
}

int main(void) {
    open("a", O_CREAT | O_WRONLY, 0644);
    close(open("b", O_CREAT | O_WRONLY, 0644));
    keep();
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    struct stat open_one, named;
    fstat(3, &open_one);
    stat("a", &named);
    puts(open_one.st_ino == named.st_ino ? "1" : "2");
    puts(is_gone ? "gone" : "there");
}
