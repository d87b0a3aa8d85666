// A child starts a program by vfork(2) and prints, while its parent kills it: before, while it waits for that program to begin, after, or too late.
// outcome: killed => ok
// outcome: killed | z => ok
// outcome: z | killed => ok
// outcome: b | z | killed => ok
// outcome: z | b | killed => ok
// outcome: b | killed | z => ok
// outcome: b | z | ended => ok
// outcome: z | b | ended => ok
// outcome: b | ended | z => ok
// source: argument; vfork(2), kill(2)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int status;
    pid_t b = fork();
    if (!b) {
        if (!vfork()) { execlp("echo", "echo", "z", (char *)0); _exit(1); }
        write(1, "b\n", 2);
        _exit(0);
    }
    kill(b, SIGKILL);
    waitpid(b, &status, 0);
    puts(WIFSIGNALED(status) ? "killed" : "ended");
}
