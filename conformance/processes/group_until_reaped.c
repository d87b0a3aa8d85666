// A parent waits for all its children and forgets whom it was told of; the older child has a group of its own, which the younger one can enter until its parent was told of the older one's end.
// outcome: entered | done => ok
// outcome: no group | done => ok
// source: argument; setpgid(2)
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t older = fork();
    if (older == 0) {
        setpgid(0, 0);
        _exit(0);
    }
    setpgid(older, older);
    if (fork() == 0) {
        puts(setpgid(0, older) == 0 ? "entered" : "no group");
        fflush(stdout);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    puts("done");
}
