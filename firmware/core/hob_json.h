/*
 * hob_json: reads and writes the JSON of frames and settings.
 *
 * The reader is a tokenizer after RFC 8259, strict: valid UTF-8 only, every
 * escape checked (surrogates in pairs), numbers exactly of the RFC's shape,
 * nothing after the value but white space. It neither allocates nor recurses:
 * the caller lends the text and an array of tokens, and both must stay as they
 * are for as long as the document is read. Duplicate keys are allowed by the
 * RFC; hob_json_find takes the first.
 *
 * Every getter takes a token index as int and hands a negative one straight
 * back, so look-ups chain without a check in between:
 *
 *     r = hob_json_int(&doc, hob_json_find(&doc, 0, "pin"), 0, 48, &pin);
 *
 * gives HOB_ERR_MISSING when there is no "pin".
 *
 * The writer fills a buffer, puts the commas, escapes strings, and remembers
 * the first error; only hob_jw_finish need be checked.
 *
 * Values of these types belong to one caller at a time; there is no shared
 * state, so any number of threads may each use their own.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_JSON_H
#define HOB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob_err.h"

/* Objects and arrays inside one another; the outermost one counts as 1. */
#define HOB_JSON_MAX_DEPTH 8
/* Bytes of text; offsets are kept in 16 bits. */
#define HOB_JSON_MAX_TEXT 65535u
/* Tokens of one document; indexes are kept in 16 bits. */
#define HOB_JSON_MAX_TOKENS 32767u

enum hob_json_type {
    HOB_JSON_OBJECT = 1,
    HOB_JSON_ARRAY,
    HOB_JSON_STRING,
    HOB_JSON_NUMBER,
    HOB_JSON_TRUE,
    HOB_JSON_FALSE,
    HOB_JSON_NULL
};

/*
 * One value or key, 8 bytes. start and end are byte offsets into the text, end
 * being one past the last byte; of a string they exclude the quotes, of an object
 * or array they include the brackets. next is the index of the token after this
 * one and all that it contains. A key is a string token and its value the token
 * right after it.
 */
struct hob_json_token {
    uint16_t start;
    uint16_t end;
    uint16_t next;
    uint8_t type;    /* enum hob_json_type */
    uint8_t escaped; /* a string that holds at least one backslash */
};

/* A parsed document. Token 0 is the outermost value. Read-only for callers. */
struct hob_json {
    const char *text;
    const struct hob_json_token *tokens;
    size_t count;
    size_t error_at; /* byte offset at which a failed parse stopped */
};

/*
 * Parses len bytes of text (no terminator needed) into tokens, at most cap.
 * Result: the number of tokens, at least 1; or HOB_ERR_SYNTAX, HOB_ERR_DEPTH,
 * HOB_ERR_TOO_LONG (text beyond HOB_JSON_MAX_TEXT), HOB_ERR_SPACE (more than
 * cap tokens), HOB_ERR_ARG. After an error doc is empty: every getter fails.
 */
int hob_json_parse(struct hob_json *doc, const char *text, size_t len,
                   struct hob_json_token *tokens, size_t cap);

/* The enum hob_json_type of token i; HOB_ERR_ARG if there is no such token. */
int hob_json_type(const struct hob_json *doc, int i);

/*
 * The bytes of token i exactly as they stand in the text, *len of them, not
 * terminated; NULL (and *len 0) if there is no such token. Of a string: what is
 * between the quotes, still escaped.
 */
const char *hob_json_slice(const struct hob_json *doc, int i, size_t *len);

/*
 * Index of the value of the first member called key (zero-terminated, compared
 * after unescaping) in object i; HOB_ERR_MISSING, or HOB_ERR_TYPE if i is no
 * object.
 */
int hob_json_find(const struct hob_json *doc, int i, const char *key);

/*
 * Iteration over an array's elements or an object's keys (the value of key k is
 * token k + 1):
 *
 *     for (i = hob_json_first(d, a); i >= 0; i = hob_json_next(d, a, i))
 *
 * Both give HOB_ERR_MISSING when there is no (further) one, HOB_ERR_TYPE if the
 * container is neither, and hob_json_next HOB_ERR_ARG if i lies outside it.
 */
int hob_json_first(const struct hob_json *doc, int container);
int hob_json_next(const struct hob_json *doc, int container, int i);

/* Number of elements or members of a container; HOB_ERR_TYPE if i is none. */
int hob_json_count(const struct hob_json *doc, int i);

/* 1 if string i, unescaped, equals s (zero-terminated), else 0; HOB_ERR_TYPE. */
int hob_json_equals(const struct hob_json *doc, int i, const char *s);

/*
 * Copies string i, unescaped and zero-terminated, into out of cap bytes.
 * Result: its length in bytes without the terminator; HOB_ERR_TYPE;
 * HOB_ERR_TOO_LONG if it does not fit (out is then empty); HOB_ERR_VALUE if it
 * holds U+0000, which a C string cannot carry.
 */
int hob_json_copy(const struct hob_json *doc, int i, char *out, size_t cap);

/*
 * Index into names (count of them) of the one that string i equals;
 * HOB_ERR_VALUE if none does, HOB_ERR_TYPE.
 */
int hob_json_choice(const struct hob_json *doc, int i, const char *const *names, size_t count);

/*
 * Decodes string i as exactly 2 * len hexadecimal digits of either case into
 * out; HOB_ERR_VALUE if it is anything else, HOB_ERR_TYPE.
 */
int hob_json_hex(const struct hob_json *doc, int i, uint8_t *out, size_t len);

/*
 * Reads number i as an integer from min to max (both included). A fraction or
 * an exponent makes it no integer, even "1.0" and "1e3": HOB_ERR_TYPE. Outside
 * the range, or beyond 64 bits: HOB_ERR_RANGE. out is written only on HOB_OK.
 */
int hob_json_int(const struct hob_json *doc, int i, int64_t min, int64_t max, int64_t *out);

/* Reads true or false; HOB_ERR_TYPE. out is written only on HOB_OK. */
int hob_json_bool(const struct hob_json *doc, int i, bool *out);

/* ---- writing ---- */

/* A document being written; the fields are the writer's own. */
struct hob_json_writer {
    char *buf;
    size_t cap;
    size_t len;
    int error;       /* the first error, or 0 */
    uint8_t depth;   /* open containers */
    uint8_t objects; /* bit d: the container at depth d is an object */
    uint8_t filled;  /* bit d: it has a member or element already */
    bool after_key;  /* a value must follow */
    bool done;       /* the outermost value is complete */
};

/* Starts a document in buf of cap bytes; the terminator needs one of them. */
void hob_jw_init(struct hob_json_writer *w, char *buf, size_t cap);

/*
 * Containers. Closing what was not opened, a value without a key in an object,
 * a key outside one, or a second outermost value is HOB_ERR_STATE at finish;
 * more than HOB_JSON_MAX_DEPTH open ones HOB_ERR_DEPTH.
 */
void hob_jw_begin_object(struct hob_json_writer *w);
void hob_jw_end_object(struct hob_json_writer *w);
void hob_jw_begin_array(struct hob_json_writer *w);
void hob_jw_end_array(struct hob_json_writer *w);
void hob_jw_key(struct hob_json_writer *w, const char *key);

/*
 * Values. Strings are UTF-8; a byte that is no part of valid UTF-8 is written
 * as U+FFFD, so that the result is always valid JSON. hob_jw_raw inserts len
 * bytes that the caller vouches for as one JSON value.
 */
void hob_jw_string(struct hob_json_writer *w, const char *s);
void hob_jw_string_n(struct hob_json_writer *w, const char *s, size_t len);
void hob_jw_hex(struct hob_json_writer *w, const uint8_t *bytes, size_t len);
void hob_jw_int(struct hob_json_writer *w, int64_t value);
void hob_jw_bool(struct hob_json_writer *w, bool value);
void hob_jw_null(struct hob_json_writer *w);
void hob_jw_raw(struct hob_json_writer *w, const char *json, size_t len);

/* A member in one call: key and value. */
void hob_jw_put_string(struct hob_json_writer *w, const char *key, const char *s);
void hob_jw_put_int(struct hob_json_writer *w, const char *key, int64_t value);
void hob_jw_put_bool(struct hob_json_writer *w, const char *key, bool value);

/*
 * Ends the document and the string in buf. Result: its length in bytes without
 * the terminator; HOB_ERR_SPACE if it did not fit, HOB_ERR_STATE if it is not
 * one complete value, HOB_ERR_DEPTH. After an error buf holds an empty string.
 */
int hob_jw_finish(struct hob_json_writer *w);

#endif
