// A socket that was bound and has connected in vain keeps its port until it is closed; one that was not has it no longer.
// outcome: in use => ok
// outcome: free => ok
// source: argument; bind(2), tcp(7)
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in port(int number) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(number), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int main(void) {
    struct sockaddr_in own = port(7301), nobody = port(7302);
    int bound = socket(AF_INET, SOCK_STREAM, 0);
    bind(bound, (struct sockaddr *)&own, sizeof own);
    connect(bound, (struct sockaddr *)&nobody, sizeof nobody);
    if (fork() == 0) {
        close(bound);
        int other = socket(AF_INET, SOCK_STREAM, 0);
        printf("%s\n", bind(other, (struct sockaddr *)&own, sizeof own) ? "in use" : "free");
        return 0;
    }
    close(bound);
    wait(NULL);
}
