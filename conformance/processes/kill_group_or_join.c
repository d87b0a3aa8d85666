// A signal is sent to a process group that a process is about to join.
// outcome: killed => ok
// outcome: lived => ok
// source: argument; setpgid(2), kill(2)
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t leader = fork();
    if (leader == 0) { setpgid(0, 0); pause(); _exit(0); }
    setpgid(leader, leader);
    pid_t other = fork();
    if (other == 0) { setpgid(0, leader); _exit(0); }
    kill(-leader, SIGKILL);
    int status;
    waitpid(other, &status, 0);
    if (WIFSIGNALED(status)) write(1, "killed\n", 7);
    else write(1, "lived\n", 6);
    waitpid(leader, NULL, 0);
}
