// A stopped writer is sent SIGTERM, and dies by it only when it goes on: by then somebody may have looked for the end of file.
// outcome: end => ok
// outcome: nothing yet => ok
// source: argument; signal(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    pipe2(ends, O_NONBLOCK);
    pid_t writer = fork();
    if (writer == 0) { close(ends[0]); raise(SIGSTOP); pause(); }
    close(ends[1]);
    waitpid(writer, NULL, WUNTRACED);
    kill(writer, SIGTERM);
    if (fork() == 0) {
        char letter;
        if (read(ends[0], &letter, 1) == 0) write(1, "end\n", 4);
        else write(1, "nothing yet\n", 12);
        _exit(0);
    }
    kill(writer, SIGCONT);
    while (wait(NULL) > 0) continue;
}
