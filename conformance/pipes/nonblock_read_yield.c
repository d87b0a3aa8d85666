// A pipe is read without waiting, again and again, giving way in between, until a letter is there.
// outcome: got => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe2(ends, O_NONBLOCK);
    if (fork() == 0) { write(ends[1], "x", 1); _exit(0); }
    char letter;
    while (read(ends[0], &letter, 1) != 1) sched_yield();
    write(1, "got\n", 4);
    wait(NULL);
}
