// A client tries again and again, each time with a new socket, to reach a server that is yet to listen; whether it was there at once is said.
// outcome: reached => ok
// outcome: again | reached => ok
// source: argument; tcp(7)
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(7300), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fork() == 0) {
        int server = socket(AF_INET, SOCK_STREAM, 0);
        bind(server, (struct sockaddr *)&name, sizeof name);
        listen(server, 1);
        accept(server, NULL, NULL);
        _exit(0);
    }
    for (int tries = 0;; tries++) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client, (struct sockaddr *)&name, sizeof name) == 0) break;
        if (tries == 0) printf("again\n");
        close(client);
        usleep(1000);
    }
    printf("reached\n");
    wait(NULL);
}
