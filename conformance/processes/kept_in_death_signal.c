// Which of two children has ended first is kept in the signal that it gets when its parent ends and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; prctl(2)
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    prctl(PR_SET_PDEATHSIG, first == 1 ? SIGUSR1 : SIGUSR2);
    wait(NULL);
}

int main(void) {
    keep();
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    int number;
    prctl(PR_GET_PDEATHSIG, &number);
    printf("%d\n", number == SIGUSR1 ? 1 : 2);
    puts(is_gone ? "gone" : "there");
}
