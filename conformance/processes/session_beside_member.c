// Who has left the group of its own number begins a session only once the last of that group was waited for.
// outcome: begun => ok
// outcome: not permitted => ok
// source: argument; setsid(2): EPERM where the group of the caller's number has members, be they zombies; the child's own parent waits for it, and sends no word
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int go[2], in[2];
    pipe(go);
    pipe(in);
    char byte;
    pid_t leader = fork();
    if (leader == 0) {
        setpgid(0, 0);
        write(go[1], "g", 1);
        read(in[0], &byte, 1);
        setpgid(0, getppid());
        if (setsid() >= 0) write(1, "begun\n", 6);
        else write(1, "not permitted\n", 14);
        _exit(0);
    }
    setpgid(0, 0);
    read(go[0], &byte, 1);
    pid_t member = fork();
    if (member == 0) { setpgid(0, leader); write(in[1], "i", 1); _exit(0); }
    waitpid(member, NULL, 0);
    waitpid(leader, NULL, 0);
}
