// Six children fill a row each of a table that all share; the parent waits for as many as there are, and adds.
// outcome: 630 => ok
// source: argument
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 6, COLUMNS = 6 };

int main(void) {
    int (*table)[COLUMNS] = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < ROWS; i++)
        if (fork() == 0) {
            for (int j = 0; j < COLUMNS; j++) table[i][j] = i * COLUMNS + j;
            _exit(0);
        }
    for (int i = 0; i < ROWS; i++) wait(NULL);
    int sum = 0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) sum += table[i][j];
    printf("%d\n", sum);
}
