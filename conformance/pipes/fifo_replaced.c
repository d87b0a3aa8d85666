// A FIFO is opened for writing while another one is given its name: what is written is read from the one or the other.
// outcome: a: x => ok
// outcome: b: x => ok
// source: argument; fifo(7), rename(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char x = '-';
    mkfifo("a", 0600);
    mkfifo("b", 0600);
    int a = open("a", O_RDONLY | O_NONBLOCK), b = open("b", O_RDONLY | O_NONBLOCK);
    if (fork() == 0) { rename("b", "a"); _exit(0); }
    if (fork() == 0) { write(open("a", O_WRONLY), "x", 1); _exit(0); }
    while (wait(NULL) > 0) continue;
    printf("%c: ", read(a, &x, 1) == 1 ? 'a' : read(b, &x, 1) == 1 ? 'b' : '-');
    printf("%c\n", x);
}
