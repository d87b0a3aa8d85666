// Which of two children has ended first is kept in the order in which a folder lists its names and nowhere else when a third child is started; the parent tells it, and whether it has seen the third one's end.
// outcome: 1 | gone => ok
// outcome: 1 | there => ok
// outcome: 2 | gone => ok
// outcome: 2 | there => ok
// source: argument; readdir(3): none in particular, but tmpfs and others keep that in which the names came
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Whether names that came in their order are listed in it.
static int is_ordered(void) {
    char names[3] = "";
    struct dirent *entry;
    close(open("e/a", O_CREAT | O_WRONLY, 0644));
    close(open("e/b", O_CREAT | O_WRONLY, 0644));
    for (DIR *folder = opendir("e"); (entry = readdir(folder));)
        if (entry->d_name[0] != '.') names[names[0] != 0] = entry->d_name[0];
    return names[0] < names[1];
}

// Nothing of what this has in its variables is left when it is over.
__attribute__((noinline)) static void keep(void) {
    int status;
    for (int i = 1; i <= 2; i++)
        if (fork() == 0) _exit(i);
    wait(&status);
    int first = WEXITSTATUS(status);
    const char *names = first == 1 ? "ab" : "ba";
    for (int i = 0; i < 2; i++) {
        char name[] = {'d', '/', names[i], 0};
        close(open(name, O_CREAT | O_WRONLY, 0644));
    }
    wait(NULL);
}

int main(void) {
    mkdir("d", 0755);
    mkdir("e", 0755);
    keep();
    pid_t third = fork();
    if (third == 0) _exit(0);
    int is_gone = waitpid(third, NULL, WNOHANG) == third;
    char names[3] = "";
    struct dirent *entry;
    for (DIR *folder = opendir("d"); (entry = readdir(folder));)
        if (entry->d_name[0] != '.') names[names[0] != 0] = entry->d_name[0];
    puts((names[0] < names[1]) == is_ordered() ? "1" : "2");
    puts(is_gone ? "gone" : "there");
}
