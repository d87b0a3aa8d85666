// One child begins a group, another one joins it: there is none before, and none any more once that one was waited for.
// outcome: joined | waited => ok
// outcome: waited | joined => ok
// outcome: no group | waited => ok
// outcome: waited | no group => ok
// source: argument; setpgid(2): EPERM where there is no such group; a group lasts until its last member was waited for (POSIX, process group lifetime)
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t first = fork();
    if (first == 0) { setpgid(0, 0); _exit(0); }
    if (fork() == 0) {
        if (setpgid(0, first) == 0) write(1, "joined\n", 7);
        else write(1, "no group\n", 9);
        _exit(0);
    }
    waitpid(first, NULL, 0);
    write(1, "waited\n", 7);
    wait(NULL);
}
