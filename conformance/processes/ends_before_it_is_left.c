// A child ends while its own child waits for the end of its pipe, and then asks who its parent is: an end closes what is open before it leaves its children.
// outcome: same => ok
// outcome: other => ok
// source: argument; getppid(2); exit_files comes before exit_notify in the kernel's do_exit
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2]; char c; pipe(p);
    pid_t child = fork();
    if (!child) {
        pid_t parent = getpid();
        if (!fork()) {
            close(p[1]);
            read(p[0], &c, 1);
            puts(getppid() == parent ? "same" : "other");
            fflush(stdout);
        }
        _exit(0);
    }
    close(p[1]);
    waitpid(child, 0, 0);
}
