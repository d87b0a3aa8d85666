/* The child makes its sibling with CLONE_PARENT: the parent waits for both, and nobody is a grandchild. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *words)
{
    puts(words);
    fflush(stdout);
}

int main(void)
{
    if (fork() == 0) {
        if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0)
            say("grandchild");
        else
            say("child");
        _exit(0);
    }
    while (wait(NULL) > 0)
        ;
    say("parent");
    return 0;
}
