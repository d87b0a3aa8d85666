/* The reader waits for the end of the file. It never comes: somebody still holds a writing end. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 1;
    pid_t writer = fork();
    if (writer == 0) {
        puts("put A");
        fflush(stdout);
        _exit(write(ends[1], "A", 1) == 1 ? 0 : 1);
    }
    pid_t reader = fork();
    if (reader == 0) {
        char byte;
        while (read(ends[0], &byte, 1) == 1) {
            printf("got %c\n", byte);
            fflush(stdout);
        }
        puts("that is all");
        fflush(stdout);
        _exit(0);
    }
    waitpid(writer, NULL, 0);
    waitpid(reader, NULL, 0);
    return 0;
}
