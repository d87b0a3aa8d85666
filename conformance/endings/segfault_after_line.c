// Who has printed a line and then dies of a fault may live still when its parent, after a line of its own, looks whether it does.
// outcome: child | parent | lives => ok
// outcome: child | parent | dead => ok
// outcome: parent | child | lives => ok
// outcome: parent | child | dead => ok
// outcome: parent | lives | child => ok
// source: wait(2), signal(7)
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) {
        write(1, "child\n", 6);
        *(volatile int *)16 = 1;
    }
    write(1, "parent\n", 7);
    if (waitpid(-1, NULL, WNOHANG) == 0) write(1, "lives\n", 6);
    else write(1, "dead\n", 5);
    while (wait(NULL) > 0) continue;
}
