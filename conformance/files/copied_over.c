// What two processes copy to one place of a file, the later one leaves there.
// outcome: mine => ok
// outcome: its => ok
// source: argument; copy_file_range(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void copies(const char *text, int to) {
    int from = open(text, O_CREAT | O_RDWR, 0600);
    off64_t start = 0, place = 0;
    write(from, text, strlen(text));
    copy_file_range(from, &start, to, &place, strlen(text), 0);
}

int main(void) {
    char text[5] = "";
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        copies("its\n", file);
        _exit(0);
    }
    copies("mine", file);
    wait(NULL);
    pread(file, text, 4, 0);
    write(1, text, text[0] == 'i' ? 3 : 4);
    write(1, "\n", 1);
}
