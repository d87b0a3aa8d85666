// A byte was put into a pipe by sendfile: who reads that waits for no write.
// outcome: b | s => ok
// outcome: s | b => ok
// source: argument; sendfile(2)
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char byte;
    int data[2], go[2], on[2], file = open("file", O_CREAT | O_RDWR, 0600);
    off_t start = 0;
    pipe(data);
    pipe(go);
    pipe(on);
    write(file, "s\n", 2);
    sendfile(data[1], file, &start, 1);
    if (fork() == 0) { read(go[0], &byte, 1); write(on[1], "x", 1); _exit(0); }
    if (fork() == 0) { write(1, "b\n", 2); write(data[1], "b", 1); _exit(0); }
    if (fork() == 0) {
        write(go[1], "x", 1);
        read(on[0], &byte, 1);
        read(data[0], &byte, 1);
        write(1, byte == 's' ? "s\n" : "?\n", 2);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
}
