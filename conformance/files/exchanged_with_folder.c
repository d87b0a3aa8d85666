// A file and a folder exchange their names while somebody looks for what is in the folder.
// outcome: no => ok
// outcome: yes => ok
// source: argument; renameat2(2), RENAME_EXCHANGE
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    mkdir("folder", 0700);
    close(open("folder/within", O_CREAT | O_WRONLY, 0600));
    close(open("file", O_CREAT | O_WRONLY, 0600));
    if (fork() == 0) { renameat2(AT_FDCWD, "file", AT_FDCWD, "folder", RENAME_EXCHANGE); _exit(0); }
    puts(access("folder/within", F_OK) == 0 ? "yes" : "no");
    wait(NULL);
}
