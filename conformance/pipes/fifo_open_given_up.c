// A reader that waits in open is killed: before a writer looks for one, after that, but before it prints, or later.
// outcome: none => ok
// outcome: w => ok
// outcome: r | w => ok
// outcome: w | r => ok
// source: argument; fifo(7), open(2), O_NONBLOCK
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    mkfifo("f", 0600);
    pid_t reader = fork();
    if (!reader) { open("f", O_RDONLY); write(1, "r\n", 2); _exit(0); }
    if (!fork()) {
        if (open("f", O_WRONLY | O_NONBLOCK) < 0) write(1, "none\n", 5);
        else write(1, "w\n", 2);
        _exit(0);
    }
    kill(reader, SIGKILL);
    wait(0);
    wait(0);
}
