// A connection whose server waits for data before it accepts (TCP_DEFER_ACCEPT) is accepted in the order of the data, not of the connections.
// outcome: 01 => ok
// outcome: 10 => ok
// source: tcp(7)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in name = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0), s[2], seconds = 5;
    char text[3] = "??\n";
    bind(server, (void *)&name, size);
    setsockopt(server, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    listen(server, 5);
    getsockname(server, (void *)&name, &size);
    for (int i = 0; i < 2; i++) {
        s[i] = socket(AF_INET, SOCK_STREAM, 0);
        connect(s[i], (void *)&name, size);
    }
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            send(s[i], i ? "1" : "0", 1, 0);
            _exit(0);
        }
    for (int i = 0; i < 2; i++) recv(accept(server, NULL, NULL), text + i, 1, 0);
    write(1, text, 3);
    while (wait(NULL) > 0) {
    }
}
