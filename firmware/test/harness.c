/*
 * The test harness of test.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One program runs one suite, so its state may live here. */
static struct {
    const char *test;
    bool failed;
    int passed_count;
    int failed_count;
    char row[160];
} run;

void test_run(const char *name, void (*test)(void))
{
    run.test = name;
    run.failed = false;
    run.row[0] = '\0';
    test();
    if (run.failed)
        run.failed_count++;
    else
        run.passed_count++;
}

int test_end(const char *suite)
{
    printf("%s: %d passed, %d failed\n", suite, run.passed_count, run.failed_count);
    /* A suite that ran nothing has proved nothing. */
    return run.failed_count == 0 && run.passed_count > 0 ? 0 : 1;
}

void test_row(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(run.row, sizeof run.row, format, args);
    va_end(args);
}

static void fail_head(const char *file, int line, const char *what)
{
    run.failed = true;
    printf("%s:%d: %s: %s", file, line, run.test, what);
    if (run.row[0] != '\0')
        printf(" [%s]", run.row);
}

/* Ends the line; a sanitizer that stops the program next must not take it along. */
static void fail_tail(void)
{
    putchar('\n');
    (void)fflush(stdout);
}

bool test_check(const char *file, int line, const char *what, bool ok)
{
    if (!ok) {
        fail_head(file, line, what);
        printf(" is false");
        fail_tail();
    }
    return ok;
}

void test_check_int(const char *file, int line, const char *what, int64_t got, int64_t want)
{
    if (got == want)
        return;
    fail_head(file, line, what);
    printf(" is %lld, want %lld", (long long)got, (long long)want);
    fail_tail();
}

void test_check_str(const char *file, int line, const char *what, const char *got,
                    const char *want)
{
    if (got != NULL && strcmp(got, want) == 0)
        return;
    fail_head(file, line, what);
    printf(" is \"%s\", want \"%s\"", got != NULL ? got : "(null)", want);
    fail_tail();
}

void test_check_mem(const char *file, int line, const char *what, const void *got,
                    const void *want, size_t len)
{
    const uint8_t *g = got;
    const uint8_t *w = want;
    for (size_t i = 0; i < len; i++) {
        if (g[i] != w[i]) {
            fail_head(file, line, what);
            printf(" differs at byte %lu: %02x, want %02x", (unsigned long)i, g[i], w[i]);
            fail_tail();
            return;
        }
    }
}

uint32_t test_random(uint32_t *seed)
{
    /* xorshift32 (Marsaglia 2003). */
    uint32_t x = *seed;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *seed = x;
    return x;
}
