// A parent puts its child into another process group, which fails once the child has executed a program.
// outcome: moved | new => ok
// outcome: new | moved => ok
// outcome: new | too late => ok
// outcome: too late | new => ok
// source: argument; setpgid(2), EACCES
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count > 1) {
        puts("new");
        return 0;
    }
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", words[0], "again", (char *)NULL);
        _exit(1);
    }
    puts(setpgid(child, child) < 0 ? "too late" : "moved");
    fflush(stdout);
    wait(NULL);
}
