// A process asks for as large files as it likes, and then for small ones only: SIGXFSZ tells that one is full.
// outcome: full => ok
// source: setrlimit(2): root may raise a limit, and everybody may ask for what there is
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void) {
    struct rlimit limit = {4, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0) write(1, "refused\n", 8);
    int file = open("file", O_CREAT | O_WRONLY, 0600);
    write(file, "abcd", 4);
    if (write(file, "e", 1) < 0 && errno == EFBIG) write(1, "full\n", 5);
}
