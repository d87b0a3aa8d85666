#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each line in one write: what stands in a buffer while a process forks would come twice. */
static void say(const char *text) { dprintf(STDOUT_FILENO, "%s\n", text); }

int main(void) {
    pid_t child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        say("child is done");
        return 0;
    }
    say("parent sends the child");
    if (waitpid(child, NULL, 0) < 0) {
        perror("waitpid");
        return 1;
    }
    say("parent goes on");
    return 0;
}
