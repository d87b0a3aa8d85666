// A file is opened, and made if need be, while another process removes it: then who looks for it finds the new one.
// outcome: none => ok
// outcome: there => ok
// source: argument
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    close(open("file", O_CREAT | O_WRONLY, 0644));
    if (fork() == 0) { unlink("file"); _exit(0); }
    if (fork() == 0) { close(open("file", O_CREAT | O_WRONLY, 0644)); _exit(0); }
    if (fork() == 0) { if (access("file", F_OK) == 0) write(1, "there\n", 6); else write(1, "none\n", 5); _exit(0); }
    while (wait(NULL) > 0) continue;
}
