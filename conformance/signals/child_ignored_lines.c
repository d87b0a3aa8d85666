// With SIGCHLD ignored, wait(2) lasts until there is no child, and so until their lines are written; they end in any order.
// outcome: a | b | none => ok
// outcome: b | a | none => ok
// source: argument; wait(2)
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (const char *line = "a\nb\n"; *line; line += 2) {
        if (fork() == 0) {
            write(1, line, 2);
            _exit(1);
        }
    }
    if (wait(NULL) < 0) puts("none");
}
