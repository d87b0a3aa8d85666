// Whoever waits in vfork(2) goes on as soon as its child executes a program, which is before what is to be closed on exec is closed.
// outcome: end => ok
// outcome: not yet => ok
// source: argument: exec_mmap comes before do_close_on_exec in the kernel
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count > 1) { pause(); return 0; }
    int ends[2];
    pipe2(ends, O_CLOEXEC | O_NONBLOCK);
    pid_t child = vfork();
    if (child == 0) {
        execl("/proc/self/exe", arguments[0], "again", NULL);
        _exit(1);
    }
    close(ends[1]);
    char letter;
    puts(read(ends[0], &letter, 1) == 0 ? "end" : "not yet");
    kill(child, SIGKILL);
    wait(NULL);
}
