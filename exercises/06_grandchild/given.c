/* The parent waits for its child; who waits for the grandchild? */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(void)
{
    pid_t grandchild = fork();
    if (grandchild == 0) {
        puts("grandchild");
        fflush(stdout);
        _exit(0);
    }
    puts("child");
    fflush(stdout);
    _exit(0);
}

int main(void)
{
    pid_t pid = fork();
    if (pid == 0)
        child();
    waitpid(pid, NULL, 0);
    puts("parent");
    return 0;
}
