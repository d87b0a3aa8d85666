// A signal that would end a process is sent to one of its threads, which blocks it: it waits there, though the other thread does not.
// outcome: lives => ok
// source: argument; tgkill(2), signal(7)
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int numbers[2], sent[2];

static void *blocks(void *nothing) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pid_t number = gettid();
    write(numbers[1], &number, sizeof number);
    char byte;
    read(sent[0], &byte, 1);
    return nothing;
}

int main(void) {
    pipe(numbers);
    pipe(sent);
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, blocks, NULL);
        pthread_join(thread, NULL);
        write(1, "lives\n", 6);
        _exit(0);
    }
    pid_t number;
    read(numbers[0], &number, sizeof number);
    syscall(SYS_tgkill, child, number, SIGTERM);
    write(sent[1], "x", 1);
    wait(NULL);
}
