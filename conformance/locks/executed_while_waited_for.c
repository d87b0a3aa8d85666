// Two processes lock a script by opening it for reading, and wait for each other; whoever has the lock executes the script, and keeps the
// lock by that.
// outcome: done | done => ok
// source: argument; flock(1), "[ "${FLOCKER}" != "$0" ] && exec …"
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int script = open("script", O_CREAT | O_WRONLY, 0700);
    static const char text[] = "#!/bin/sh\necho done\n";
    write(script, text, sizeof text - 1);
    close(script);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            flock(open("script", O_RDONLY), LOCK_EX);
            execl("./script", "script", NULL);
            _exit(1);
        }
    while (wait(NULL) > 0) continue;
}
