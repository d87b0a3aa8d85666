// Which of two children has ended first is kept in an extended attribute of a file and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; xattr(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    char value = '0' + first;
    setxattr("file", "user.first", &value, 1, 0);
    wait(NULL);
}

int main(void) {
    close(open("file", O_CREAT | O_WRONLY, 0644));
    keep();
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    char value = 0;
    getxattr("file", "user.first", &value, 1);
    printf("%c\n", value);
    puts(is_gone ? "gone" : "there");
}
