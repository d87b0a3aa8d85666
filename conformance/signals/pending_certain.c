// The child has ended, so its signal is pending; it is handled the moment it is unblocked.
// outcome: before | h | after => ok
// source: sigprocmask(2): a pending signal is delivered before the call that unblocks it returns
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int signal) { write(1, "h\n", 2); }
int main(void) {
    sigset_t usr1;
    pid_t me = getpid();
    signal(SIGUSR1, on_signal);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    if (fork() == 0) { kill(me, SIGUSR1); _exit(0); }
    wait(NULL);
    write(1, "before\n", 7);
    sigprocmask(SIG_UNBLOCK, &usr1, NULL);
    write(1, "after\n", 6);
}
