// A process is killed, and the file that it executes is opened to be written to at once: it may be busy still.
// outcome: busy => ok
// outcome: free => ok
// source: argument; kill(2) does not wait; open(2): ETXTBSY; seen
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
    static char bytes[65536];
    if (count > 1) { write(atoi(words[1]), "r", 1); pause(); }
    int from = open("/proc/self/exe", O_RDONLY), to = open("copy", O_WRONLY | O_CREAT, 0755);
    for (ssize_t read_now; (read_now = read(from, bytes, sizeof bytes)) > 0;) write(to, bytes, read_now);
    close(from);
    close(to);
    int ready[2];
    pipe(ready);
    pid_t child = fork();
    if (child == 0) {
        char end[12];
        sprintf(end, "%d", ready[1]);
        execl("./copy", "copy", end, NULL);
        _exit(1);
    }
    read(ready[0], bytes, 1);
    kill(child, SIGKILL);
    if (open("copy", O_WRONLY) < 0) write(1, "busy\n", 5);
    else write(1, "free\n", 5);
    wait(NULL);
}
