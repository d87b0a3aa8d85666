/* A parent and so many children, each of which says hello. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int children = argc > 1 ? atoi(argv[1]) : 1;

    setvbuf(stdout, NULL, _IOLBF, 0); /* or fork would copy what is in the buffer */
    printf("parent starts\n");
    for (int i = 0; i < children; i++) {
        if (fork() == 0) {
            printf("child %d says hello\n", i);
            return 0;
        }
    }
    while (wait(NULL) > 0)
        ;
    printf("parent ends\n");
    return 0;
}
