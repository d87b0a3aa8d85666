// Runs a script of a few operations for each of a few threads: `./threads SCRIPT`.
//
// SCRIPT has a part for each thread, and `|` between them. A part is words with spaces between them, a word an operation and its arguments
// with dots between them. What is said is printed at once, behind the letter of its thread.
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, LOCKS = 2 };

static pthread_mutex_t mutexes[LOCKS] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphore;
static int number; // Guarded by the first mutex.

static void say(char who, const char *text) {
    char line[16];
    int length = snprintf(line, sizeof line, "%c%s\n", who, text);
    if (write(1, line, length) != length) _exit(99);
}

#define IS(text) (strcmp(name, text) == 0)

static void operate(char who, const char *name, const char *argument) {
    int which = argument ? atoi(argument) : 0;
    char text[8];
    if (IS("say")) say(who, argument);
    else if (IS("print")) { printf("%c%s\n", who, argument); fflush(stdout); }
    else if (IS("lock")) pthread_mutex_lock(&mutexes[which]);
    else if (IS("unlock")) pthread_mutex_unlock(&mutexes[which]);
    else if (IS("try")) {
        if (pthread_mutex_trylock(&mutexes[which]) == 0) pthread_mutex_unlock(&mutexes[which]);
        else say(who, "busy");
    }
    else if (IS("wait")) pthread_cond_wait(&condition, &mutexes[0]);
    else if (IS("signal")) pthread_cond_signal(&condition);
    else if (IS("all")) pthread_cond_broadcast(&condition);
    else if (IS("take")) sem_wait(&semaphore);
    else if (IS("give")) sem_post(&semaphore);
    else if (IS("read")) pthread_rwlock_rdlock(&shared);
    else if (IS("write")) pthread_rwlock_wrlock(&shared);
    else if (IS("leave")) pthread_rwlock_unlock(&shared);
    else if (IS("add")) number++;
    else if (IS("tell")) { snprintf(text, sizeof text, "%d", number); say(who, text); }
    else _exit(98);
}

static void *run(void *part) {
    char *rest, *words = (char *)part + 1;
    char who = *(char *)part;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *inner, *name = strtok_r(word, ".", &inner);
        operate(who, name, strtok_r(NULL, ".", &inner));
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 2) return 97;
    static char parts[THREADS][256];
    pthread_t threads[THREADS];
    char *rest;
    int started = 0;
    sem_init(&semaphore, 0, 0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    // All are read before the first begins.
    for (char *part = strtok_r(arguments[1], "|", &rest); part && started < THREADS; part = strtok_r(NULL, "|", &rest))
        snprintf(parts[started], sizeof parts[0], "%c%s", 'a' + started, part), started++;
    for (int i = 0; i < started; i++) pthread_create(&threads[i], NULL, run, parts[i]);
    for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
    say('m', "end");
    return 0;
}
