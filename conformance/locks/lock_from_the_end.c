// A child locks the byte behind the end of a file, while its parent writes to it; a grandchild tells where that was.
// outcome: at 0 => ok
// outcome: at 2 => ok
// source: argument; fcntl(2), SEEK_END
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int file = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        struct flock behind = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = 0, .l_len = 1};
        fcntl(file, F_SETLK, &behind);
        if (fork() == 0) {
            struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
            fcntl(file, F_GETLK, &all);
            printf("at %ld\n", (long)all.l_start);
            return 0;
        }
        wait(NULL);
        _exit(0);
    }
    write(file, "ab", 2);
    wait(NULL);
}
