// A parent reads to the end what two children write, who close their ends when they like; whoever ends later is waited for first.
// outcome: a | b => ok
// outcome: b | a => ok
// source: pipe(7): a read waits until the last writer has closed its end
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    char text[2];
    pipe(ends);
    for (int child = 0; child < 2; child++) {
        if (fork() == 0) {
            close(ends[0]);
            write(ends[1], child ? "b" : "a", 1);
            close(ends[1]);
            _exit(0);
        }
    }
    close(ends[1]);
    while (read(ends[0], text, 1) == 1) printf("%c\n", text[0]);
    while (wait(NULL) > 0) continue;
}
