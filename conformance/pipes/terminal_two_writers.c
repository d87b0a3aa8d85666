// Two processes write to one pseudo-terminal.
// outcome: a | b => ok
// outcome: b | a => ok
// source: argument; pty(7)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int main(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(master);
    unlockpt(master);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct termios raw;
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    for (int i = 0; i < 2; i++)
        if (fork() == 0) { char text[2] = {'a' + i, '\n'}; write(slave, text, 2); _exit(0); }
    while (wait(NULL) > 0) continue;
    char text[8];
    int got = 0;
    while (got < 4) got += read(master, text + got, 4 - got);
    write(1, text, 4);
}
