// A read that has failed has taken nothing.
// outcome: b | aa | bb => ok
// outcome: aa | b | bb => ok
// source: argument; read(2), EFAULT
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    char bytes[3] = "..\n";
    int data[2], go[2], on[2];
    pipe(data);
    pipe(go);
    pipe(on);
    write(data[1], "aa", 2);
    read(data[0], (void *)8, 2);
    if (fork() == 0) { read(go[0], bytes, 1); write(on[1], "x", 1); _exit(0); }
    if (fork() == 0) { write(1, "b\n", 2); write(data[1], "bb", 2); _exit(0); }
    if (fork() == 0) {
        write(go[1], "x", 1);
        read(on[0], bytes, 1);
        read(data[0], bytes, 2);
        write(1, bytes, 3);
        read(data[0], bytes, 2);
        write(1, bytes, 3);
        _exit(0);
    }
    while (wait(NULL) > 0) {}
}
