/*
 * What only tests on this computer have: files.
 *
 * Tests run with firmware/test as the working directory, so a path is relative
 * to it: "vectors/noise_nnpsk0.json", "../../internal/wire/testdata/...".
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_H
#define HOST_H

#include <stddef.h>

/*
 * Reads a whole file, zero-terminated, its size in *len; free it. A file that
 * cannot be read ends the program with a message: the test cannot be run.
 */
char *host_read_file(const char *path, size_t *len);

#endif
