// Who has no children does not wait.
// outcome: ECHILD => ok
// source: wait(2)
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

int main(void) {
    puts(wait(NULL) < 0 && errno == ECHILD ? "ECHILD" : "?");
}
