// Two processes take turns by a folder that only one can make.
// outcome: in | out | in | out => ok
// source: argument; mkdir(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

static void turn(void) {

    while (mkdir("lock", 0755) < 0) sched_yield();

    write(1, "in\n", 3);
    write(1, "out\n", 4);
    rmdir("lock");
}

int main(void) {
    if (fork() == 0) { turn(); _exit(0); }
    turn();
    wait(NULL);
}
