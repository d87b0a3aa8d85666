/* "start" is written once, and comes twice. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
    printf("start\n");
    pid_t child = fork();
    if (child == 0) {
        printf("child\n");
        return 0;
    }
    waitpid(child, NULL, 0);
    printf("parent\n");
    return 0;
}
