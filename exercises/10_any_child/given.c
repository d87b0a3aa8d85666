/* Two children race, and the parent believes that the first one wins. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(int code)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(code);
    return pid;
}

int main(void)
{
    pid_t one = start(1), two = start(2);
    (void)one, (void)two;
    for (int n = 0; n < 2; n++) {
        int status;
        wait(&status);
        printf("%s ended with %d\n", n == 0 ? "one" : "two", WEXITSTATUS(status));
    }
    return 0;
}
