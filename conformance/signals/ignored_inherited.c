// An ignored signal stays ignored through fork and exec; a handler does not survive exec.
// outcome: 0 | 15 => ok
// source: execve(2), signal(7)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) {}
int main(void) {
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGTERM, SIG_IGN);
    if (fork() == 0) { execlp("sh", "sh", "-c", "kill -TERM $$; exit 0", NULL); _exit(127); }
    wait(&status);
    printf("%d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    signal(SIGTERM, on_signal);
    if (fork() == 0) { execlp("sh", "sh", "-c", "kill -TERM $$; exit 0", NULL); _exit(127); }
    wait(&status);
    printf("%d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}
