// Each process that there is forks, three times over, and all eight say the same: in 40,320 orders, of which nobody sees more than one.
// outcome: hi | hi | hi | hi | hi | hi | hi | hi => ok
// source: argument
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 3; i++) fork();
    puts("hi");
    fflush(stdout);
    while (wait(NULL) > 0) {}
}
