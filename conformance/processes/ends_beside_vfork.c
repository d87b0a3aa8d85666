// A child ends while its parent waits in vfork(2) for another one: the parent finds its pipe closed, and then the child ended or not yet.
// outcome: b | c | gone => ok
// outcome: c | b | gone => ok
// outcome: b | c | not yet => ok
// outcome: c | b | not yet => ok
// source: argument; vfork(2), wait(2)
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int p[2]; char t; pipe(p);
    pid_t b = fork();
    if (!b) { close(p[0]); write(1, "b\n", 2); _exit(0); }
    close(p[1]);
    pid_t c = vfork();
    if (!c) { execlp("echo", "echo", "c", (char *)0); _exit(1); }
    read(p[0], &t, 1);
    int gone = waitpid(b, 0, WNOHANG) > 0;
    waitpid(c, 0, 0);
    puts(gone ? "gone" : "not yet");
    if (!gone) wait(0);
}
