/* The parent is not to end before its child. In some run it does. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    puts("parent starts");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        puts("child starts");
        fflush(stdout);
        puts("child ends");
        fflush(stdout);
        _exit(0);
    }
    puts("parent ends");
    return 0;
}
