// A thread prints while another one starts a program by vfork(2), and then prints itself: three lines in any order.
// outcome: t | m | z => ok
// outcome: t | z | m => ok
// outcome: m | t | z => ok
// outcome: m | z | t => ok
// outcome: z | t | m => ok
// outcome: z | m | t => ok
// source: argument; vfork(2)
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *prints(void *unused) {
    write(1, "t\n", 2);
    return 0;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, 0, prints, 0);
    if (!vfork()) { execlp("echo", "echo", "z", (char *)0); _exit(1); }
    write(1, "m\n", 2);
    pthread_join(thread, 0);
    wait(0);
}
