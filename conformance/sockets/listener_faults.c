// Who listens dies of a fault, and is waited for by one, while another one connects: it may be let in still, or is refused.
// outcome: connected => ok
// outcome: refused => ok
// source: unix(7), signal(7)
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "name"};
    int ends[2];
    pipe(ends);
    if (fork() == 0) {
        int listener = socket(AF_UNIX, SOCK_STREAM, 0);
        bind(listener, (struct sockaddr *)&name, sizeof name);
        listen(listener, 1);
        write(ends[1], "x", 1);
        *(volatile int *)16 = 1;
    }
    if (fork() == 0) {
        char byte;
        read(ends[0], &byte, 1);
        if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name) == 0) write(1, "connected\n", 10);
        else write(1, "refused\n", 8);
        _exit(0);
    }
    while (wait(NULL) > 0) continue;
}
