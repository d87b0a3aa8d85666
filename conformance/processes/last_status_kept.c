// A parent adds the statuses of its children and keeps the last one. As long as all return 0, the order in which they end makes no difference; but the first returns 1 if it finds what the second has written.
// outcome: 0 0 => ok
// outcome: 1 0 => ok
// outcome: 1 1 => ok
// source: argument
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (fork() == 0) {
        char byte;
        _exit(read(ends[0], &byte, 1) == 1);
    }
    if (fork() == 0) {
        write(ends[1], "2", 1);
        _exit(0);
    }
    int status, sum = 0, last = 0;
    while (wait(&status) > 0) {
        last = WEXITSTATUS(status);
        sum += last;
    }
    printf("%d %d\n", sum, last);
}
