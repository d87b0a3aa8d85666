// A script is executed while another process has it open for writing: ETXTBSY.
// outcome: busy => ok
// outcome: ran => ok
// source: argument; execve(2)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc > 1) return write(1, "ran\n", 4) != 4;
    char buffer[1 << 16];
    int from = open("/proc/self/exe", O_RDONLY), to = open("copy", O_CREAT | O_WRONLY, 0755);
    for (int n; (n = read(from, buffer, sizeof buffer)) > 0;) write(to, buffer, n);
    close(to);
    int keep = open("copy", O_WRONLY);
    if (fork() == 0) {
        close(keep);
        execl("./copy", "copy", "again", NULL);
        write(1, errno == ETXTBSY ? "busy\n" : "other\n", errno == ETXTBSY ? 5 : 6);
        _exit(0);
    }
    close(keep);
    wait(NULL);
}
