// A process tries in vain to connect, and then changes memory that another one looks at.
// outcome: 0 => ok
// outcome: 1 => ok
// source: argument
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) {
        struct sockaddr_un name = {AF_UNIX, "nobody"};
        connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name);
        *shared = 1;
        _exit(0);
    }
    access("x", F_OK);
    char text[2] = {'0' + *shared, '\n'};
    write(1, text, 2);
    wait(NULL);
}
