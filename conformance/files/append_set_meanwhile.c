// One sets O_APPEND for all who have the file open, while the other one writes at a place: then that is written at the end.
// outcome: aXcd => ok
// outcome: abcdX => ok
// source: argument; pwrite(2), BUGS
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char text[9] = "";
    int file = open("file", O_CREAT | O_RDWR, 0600);
    write(file, "abcd", 4);
    if (fork() == 0) {
        fcntl(file, F_SETFL, O_APPEND);
        _exit(0);
    }
    pwrite(file, "X", 1, 1);
    wait(NULL);
    pread(file, text, 8, 0);
    puts(text);
}
