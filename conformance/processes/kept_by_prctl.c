// Which of two children has ended first is kept in what is to become of a process whose memory fails and nowhere else when a third child is started; the parent tells it if it finds the third one ended already.
// outcome: early => ok
// outcome: late => ok
// outcome: there => ok
// source: argument; prctl(2), PR_MCE_KILL
#define _GNU_SOURCE
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
    prctl(PR_MCE_KILL, PR_MCE_KILL_SET, first == 1 ? PR_MCE_KILL_EARLY : PR_MCE_KILL_LATE, 0, 0);
    wait(NULL);
}

// Nor of what the functions that it called have left on the stack.
__attribute__((noinline)) static void forget(void) {
    volatile char stack[8192];
    for (int i = 0; i < 8192; i++) stack[i] = 0;
}

int main(void) {
    keep();
    forget();
    pid_t third = fork();
    if (third == 0) _exit(0);
    if (waitpid(third, NULL, WNOHANG) != third) {
        puts("there");
        return 0;
    }
    puts(prctl(PR_MCE_KILL_GET, 0, 0, 0, 0) == PR_MCE_KILL_EARLY ? "early" : "late");
}
