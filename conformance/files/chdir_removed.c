// A process enters a folder that another one removes.
// outcome: entered => ok
// outcome: gone => ok
// source: chdir(2)
#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    mkdir("d", 0755);
    if (fork() == 0) { rmdir("d"); _exit(0); }
    if (chdir("d") == 0) write(1, "entered\n", 8); else write(1, "gone\n", 5);
    wait(NULL);
}
