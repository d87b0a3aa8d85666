// SA_NOCLDWAIT does not survive execve(2): the child leaves its status.
// outcome: 1 => ok
// source: argument; execve(2): dispositions other than SIG_IGN are reset
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
    int status;
    (void)words;
    if (count == 1) {
        struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
        sigaction(SIGCHLD, &action, NULL);
        execl("/proc/self/exe", "again", "again", (char *)NULL);
        return 2;
    }
    if (fork() == 0) _exit(1);
    if (wait(&status) < 0) puts("none");
    else printf("%d\n", WEXITSTATUS(status));
}
