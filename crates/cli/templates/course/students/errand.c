#include <stdio.h>
#include <unistd.h>

/* Each line in one write: what stands in a buffer while a process forks would come twice. */
static void say(const char *text) { dprintf(STDOUT_FILENO, "%s\n", text); }

int main(void) {
    say("parent sends the child");
    /* Start a child, which says "child is done"; wait for it. */
    say("parent goes on");
    return 0;
}
