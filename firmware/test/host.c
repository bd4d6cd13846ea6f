/*
 * What only tests on this computer have: files.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>

static void give_up(const char *path)
{
    perror(path);
    exit(1);
}

char *host_read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        give_up(path);
    long size = ftell(f);
    if (size < 0 || fseek(f, 0, SEEK_SET) != 0)
        give_up(path);
    char *text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, f) != (size_t)size)
        give_up(path);
    (void)fclose(f);
    text[size] = '\0';
    *len = (size_t)size;
    return text;
}
