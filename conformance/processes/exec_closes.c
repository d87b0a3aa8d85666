// A pipe's end that is closed on exec tells the parent, by an end of file, that exec has happened; what the new program says comes before or after.
// outcome: hello | started | end => ok
// outcome: started | hello | end => ok
// source: argument; execve(2), O_CLOEXEC
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2];
    char x;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pipe2(p, O_CLOEXEC);
    pid_t child = fork();
    if (child == 0) { execlp("echo", "echo", "hello", NULL); _exit(127); }
    close(p[1]);
    read(p[0], &x, 1);
    puts("started");
    waitpid(child, NULL, 0);
    puts("end");
}
