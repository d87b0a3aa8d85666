// Two children race for a byte, and who gets it says so. Another process waits for one of its two children, and then asks without waiting whether the other one has ended, too; it forgets which ones these were.
// outcome: byte 1 | one => ok
// outcome: one | byte 1 => ok
// outcome: byte 1 | both => ok
// outcome: both | byte 1 => ok
// outcome: byte 2 | one => ok
// outcome: one | byte 2 => ok
// outcome: byte 2 | both => ok
// outcome: both | byte 2 => ok
// source: argument
// (So that no register tells afterwards which one it was.)
#pragma GCC optimize("O2")
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe(ends);
    write(ends[1], "x", 1);
    close(ends[1]);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            char byte;
            if (read(ends[0], &byte, 1) == 1) printf("byte %d\n", i + 1);
            return 0;
        }
    if (fork() == 0) {
        for (int i = 0; i < 2; i++)
            if (fork() == 0) _exit(0);
        wait(NULL);
        int have_ended = waitpid(-1, NULL, WNOHANG) != 0;
        if (have_ended) write(1, "both\n", 5);
        else write(1, "one\n", 4);
        return 0;
    }
    while (wait(NULL) > 0) {}
}
