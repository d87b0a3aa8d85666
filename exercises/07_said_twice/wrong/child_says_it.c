/* It comes once; but the child says it, and not whoever started. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        puts("start");
        puts("child");
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    puts("parent");
    fflush(stdout);
    return 0;
}
