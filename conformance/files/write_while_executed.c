// A program's file cannot be opened for writing while it is executed.
// outcome: busy => ok
// outcome: opened => ok
// source: argument; open(2), ETXTBSY
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 1) return 0;
    char buffer[1 << 16];
    int from = open("/proc/self/exe", O_RDONLY), to = open("copy", O_CREAT | O_WRONLY, 0755);
    for (int n; (n = read(from, buffer, sizeof buffer)) > 0;) write(to, buffer, n);
    close(to);
    if (fork() == 0) {
        execl("./copy", "copy", "again", NULL);
        _exit(0);
    }
    int fd = open("copy", O_WRONLY);
    if (fd < 0) write(1, errno == ETXTBSY ? "busy\n" : "other\n", errno == ETXTBSY ? 5 : 6);
    else write(1, "opened\n", 7);
    wait(NULL);
}
