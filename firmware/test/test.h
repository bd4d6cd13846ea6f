/*
 * The test harness: one program per file, no registration magic.
 *
 *     #include "test.h"
 *
 *     TEST(a_relay_is_off_after_boot) { CHECK_INT(level, 0); }
 *
 *     int main(void)
 *     {
 *         RUN(a_relay_is_off_after_boot);
 *         return test_end("output");
 *     }
 *
 * A TEST that no RUN names is an unused static function, which the build
 * refuses. CHECK* note a failure and go on; REQUIRE ends the test. Tables of
 * cases name the row with test_row, and a failure prints it.
 *
 * Files named test_*.c run on this computer and on 32-bit RISC-V: no files, no
 * threads, no PSA. Files named host_*.c run here only.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef TEST_H
#define TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEST(name) static void name(void)
#define RUN(name) test_run(#name, name)

#define CHECK(cond) ((void)test_check(__FILE__, __LINE__, #cond, (cond)))
#define CHECK_INT(got, want) \
    test_check_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define CHECK_STR(got, want) test_check_str(__FILE__, __LINE__, #got, (got), (want))
#define CHECK_MEM(got, want, len) \
    test_check_mem(__FILE__, __LINE__, #got, (got), (want), (len))
#define REQUIRE(cond)                                        \
    do {                                                     \
        if (!test_check(__FILE__, __LINE__, #cond, (cond))) \
            return;                                          \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void test_run(const char *name, void (*test)(void));

/* Prints "N passed, N failed"; the exit status of main. */
int test_end(const char *suite);

/* Names the case under way, printf-like; forgotten at the end of the test. */
void test_row(const char *format, ...) __attribute__((format(printf, 1, 2)));

bool test_check(const char *file, int line, const char *what, bool ok);
void test_check_int(const char *file, int line, const char *what, int64_t got, int64_t want);
void test_check_str(const char *file, int line, const char *what, const char *got,
                    const char *want);
void test_check_mem(const char *file, int line, const char *what, const void *got,
                    const void *want, size_t len);

/* A repeatable random number for property tests; *seed is any number but 0. */
uint32_t test_random(uint32_t *seed);

#endif
