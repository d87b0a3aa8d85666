/* A child that asks, and a parent that answers, over two pipes. Given any argument, both wait for the other to begin. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int question[2], answer[2];
    char byte = 0;

    (void)argv;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (pipe(question) || pipe(answer))
        return 1;
    if (fork() == 0) {
        close(question[0]);
        close(answer[1]);
        if (argc > 1 && read(answer[0], &byte, 1) < 1)
            return 1;
        printf("child asks\n");
        if (write(question[1], "?", 1) < 1 || read(answer[0], &byte, 1) < 1)
            return 1;
        printf("child knows\n");
        return 0;
    }
    close(question[1]);
    close(answer[0]);
    if (read(question[0], &byte, 1) < 1)
        return 1;
    printf("parent answers\n");
    if (write(answer[1], "!", 1) < 1)
        return 1;
    wait(NULL);
    return 0;
}
