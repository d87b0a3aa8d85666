// vfork(2) and exec: the parent goes on when the child has become another program, which speaks before or after it.
// outcome: child | parent => ok
// outcome: parent | child => ok
// source: argument; vfork(2)
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = vfork();
    if (child == 0) { execlp("echo", "echo", "child", NULL); _exit(127); }
    write(1, "parent\n", 7);
    waitpid(child, NULL, 0);
}
