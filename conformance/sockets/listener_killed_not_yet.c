// Who listens is killed: who connects right after that may be let in still, or is refused.
// outcome: connected => ok
// outcome: refused => ok
// source: kill(2), unix(7)
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "name"};
    int ends[2];
    pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        int listener = socket(AF_UNIX, SOCK_STREAM, 0);
        bind(listener, (struct sockaddr *)&name, sizeof name);
        listen(listener, 1);
        write(ends[1], "x", 1);
        pause();
    }
    char byte;
    read(ends[0], &byte, 1);
    kill(child, SIGKILL);
    if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name) == 0) write(1, "connected\n", 10);
    else write(1, "refused\n", 8);
    wait(NULL);
}
