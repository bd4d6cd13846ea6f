/*
 * hob_json: the tokenizer. Getters are in hob_json_get.c, writing in
 * hob_json_write.c.
 *
 * One pass from left to right. What is open is kept in a fixed stack of token
 * indexes, which is the reason for the limit on depth.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_json.h"

#include "hob_utf8.h"

/* What may come next at the cursor. */
enum expect {
    EXPECT_VALUE,        /* a value */
    EXPECT_FIRST_ITEM,   /* right after '[': a value or ']' */
    EXPECT_FIRST_MEMBER, /* right after '{': a key or '}' */
    EXPECT_KEY,          /* after a comma in an object */
    EXPECT_AFTER,        /* after a value: ',' or a closing bracket, or the end */
};

struct parser {
    const char *text;
    size_t len;
    size_t pos;
    struct hob_json_token *tokens;
    size_t cap;
    size_t count;
    uint16_t open[HOB_JSON_MAX_DEPTH]; /* tokens of the containers we are in */
    size_t depth;
    enum expect expect;
};

/* The byte at the cursor, or -1 at the end. */
static int peek(const struct parser *p)
{
    return p->pos < p->len ? (unsigned char)p->text[p->pos] : -1;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_space(struct parser *p)
{
    int c = peek(p);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        p->pos++;
        c = peek(p);
    }
}

/* Adds a token that starts at the cursor; its index or HOB_ERR_SPACE. */
static int add(struct parser *p, enum hob_json_type type)
{
    if (p->count >= p->cap)
        return HOB_ERR_SPACE;
    size_t i = p->count++;
    p->tokens[i] = (struct hob_json_token){
        .start = (uint16_t)p->pos, .next = (uint16_t)(i + 1), .type = (uint8_t)type};
    return (int)i;
}

/* Reads "uXXXX" at the cursor; the code unit or HOB_ERR_SYNTAX. */
static int scan_unit(struct parser *p)
{
    if (peek(p) != 'u' || p->len - p->pos < 5)
        return HOB_ERR_SYNTAX;
    int unit = hob_hex4(p->text + p->pos + 1);
    if (unit < 0)
        return HOB_ERR_SYNTAX;
    p->pos += 5;
    return unit;
}

/* Checks one escape, the cursor being right after its backslash. */
static int scan_escape(struct parser *p)
{
    switch (peek(p)) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        p->pos++;
        return HOB_OK;
    default:
        break;
    }
    int unit = scan_unit(p);
    if (unit < 0 || hob_is_low_surrogate(unit))
        return HOB_ERR_SYNTAX;
    if (!hob_is_high_surrogate(unit))
        return HOB_OK;
    /* Half a character: the other half must follow at once. */
    if (peek(p) != '\\')
        return HOB_ERR_SYNTAX;
    p->pos++;
    unit = scan_unit(p);
    return unit >= 0 && hob_is_low_surrogate(unit) ? HOB_OK : HOB_ERR_SYNTAX;
}

/* Reads a string, the cursor being on its opening quote; its token or an error. */
static int scan_string(struct parser *p)
{
    p->pos++;
    int i = add(p, HOB_JSON_STRING);
    if (i < 0)
        return i;
    for (;;) {
        int c = peek(p);
        if (c == '"') {
            p->tokens[i].end = (uint16_t)p->pos++;
            return i;
        }
        if (c < 0x20) /* the end of the text, or a control character */
            return HOB_ERR_SYNTAX;
        if (c == '\\') {
            p->pos++;
            p->tokens[i].escaped = 1;
            if (scan_escape(p) < 0)
                return HOB_ERR_SYNTAX;
            continue;
        }
        size_t n = hob_utf8_len(p->text + p->pos, p->len - p->pos);
        if (n == 0)
            return HOB_ERR_SYNTAX;
        p->pos += n;
    }
}

/* Skips digits; false if there is none. */
static bool scan_digits(struct parser *p)
{
    size_t from = p->pos;
    while (is_digit(peek(p)))
        p->pos++;
    return p->pos > from;
}

/* Moves over a number of exactly the shape of RFC 8259, section 6. */
static bool scan_number_shape(struct parser *p)
{
    if (peek(p) == '-')
        p->pos++;
    if (peek(p) == '0')
        p->pos++;
    else if (!scan_digits(p))
        return false;
    if (peek(p) == '.') {
        p->pos++;
        if (!scan_digits(p))
            return false;
    }
    if (peek(p) == 'e' || peek(p) == 'E') {
        p->pos++;
        if (peek(p) == '+' || peek(p) == '-')
            p->pos++;
        if (!scan_digits(p))
            return false;
    }
    return true;
}

static int scan_number(struct parser *p)
{
    int i = add(p, HOB_JSON_NUMBER);
    if (i < 0)
        return i;
    /* A digit right behind can only follow a leading zero: "01". */
    if (!scan_number_shape(p) || is_digit(peek(p)))
        return HOB_ERR_SYNTAX;
    p->tokens[i].end = (uint16_t)p->pos;
    return i;
}

static int scan_word(struct parser *p, const char *word, enum hob_json_type type)
{
    int i = add(p, type);
    if (i < 0)
        return i;
    for (; *word != '\0'; word++) {
        if (peek(p) != *word)
            return HOB_ERR_SYNTAX;
        p->pos++;
    }
    p->tokens[i].end = (uint16_t)p->pos;
    return i;
}

static int open_container(struct parser *p, enum hob_json_type type)
{
    if (p->depth == HOB_JSON_MAX_DEPTH)
        return HOB_ERR_DEPTH;
    int i = add(p, type);
    if (i < 0)
        return i;
    p->open[p->depth++] = (uint16_t)i;
    p->pos++;
    p->expect = type == HOB_JSON_OBJECT ? EXPECT_FIRST_MEMBER : EXPECT_FIRST_ITEM;
    return i;
}

static struct hob_json_token *innermost(const struct parser *p)
{
    return &p->tokens[p->open[p->depth - 1]];
}

/* Closes the innermost container, the cursor being on its bracket. */
static int close_container(struct parser *p)
{
    struct hob_json_token *t = innermost(p);
    p->pos++;
    p->depth--;
    t->end = (uint16_t)p->pos;
    t->next = (uint16_t)p->count;
    p->expect = EXPECT_AFTER;
    return HOB_OK;
}

/* Reads a scalar or opens a container. */
static int step_value(struct parser *p)
{
    int c = peek(p);
    if (c == '{')
        return open_container(p, HOB_JSON_OBJECT);
    if (c == '[')
        return open_container(p, HOB_JSON_ARRAY);
    p->expect = EXPECT_AFTER;
    if (c == '"')
        return scan_string(p);
    if (c == '-' || is_digit(c))
        return scan_number(p);
    if (c == 't')
        return scan_word(p, "true", HOB_JSON_TRUE);
    if (c == 'f')
        return scan_word(p, "false", HOB_JSON_FALSE);
    if (c == 'n')
        return scan_word(p, "null", HOB_JSON_NULL);
    return HOB_ERR_SYNTAX;
}

/* Reads a key and its colon. */
static int step_key(struct parser *p)
{
    if (peek(p) != '"')
        return HOB_ERR_SYNTAX;
    int i = scan_string(p);
    if (i < 0)
        return i;
    skip_space(p);
    if (peek(p) != ':')
        return HOB_ERR_SYNTAX;
    p->pos++;
    p->expect = EXPECT_VALUE;
    return HOB_OK;
}

/* Reads the comma or bracket behind a value that stands in a container. */
static int step_after(struct parser *p)
{
    bool object = innermost(p)->type == HOB_JSON_OBJECT;
    int c = peek(p);
    if (c == (object ? '}' : ']'))
        return close_container(p);
    if (c != ',')
        return HOB_ERR_SYNTAX;
    p->pos++;
    p->expect = object ? EXPECT_KEY : EXPECT_VALUE;
    return HOB_OK;
}

static int step(struct parser *p)
{
    skip_space(p);
    switch (p->expect) {
    case EXPECT_FIRST_ITEM:
        return peek(p) == ']' ? close_container(p) : step_value(p);
    case EXPECT_VALUE:
        return step_value(p);
    case EXPECT_FIRST_MEMBER:
        return peek(p) == '}' ? close_container(p) : step_key(p);
    case EXPECT_KEY:
        return step_key(p);
    case EXPECT_AFTER:
        return step_after(p);
    }
    return HOB_ERR_STATE;
}

/* Runs to the end of the text; HOB_OK or an error. */
static int run(struct parser *p)
{
    do {
        int r = step(p);
        if (r < 0)
            return r;
    } while (p->expect != EXPECT_AFTER || p->depth > 0);
    skip_space(p);
    return p->pos == p->len ? HOB_OK : HOB_ERR_SYNTAX;
}

int hob_json_parse(struct hob_json *doc, const char *text, size_t len,
                   struct hob_json_token *tokens, size_t cap)
{
    if (doc == NULL)
        return HOB_ERR_ARG;
    *doc = (struct hob_json){0};
    if (text == NULL || tokens == NULL)
        return HOB_ERR_ARG;
    if (len > HOB_JSON_MAX_TEXT)
        return HOB_ERR_TOO_LONG;
    struct parser p = {.text = text,
                       .len = len,
                       .tokens = tokens,
                       .cap = cap < HOB_JSON_MAX_TOKENS ? cap : HOB_JSON_MAX_TOKENS,
                       .expect = EXPECT_VALUE};
    int r = run(&p);
    if (r < 0) {
        doc->error_at = p.pos;
        return r;
    }
    *doc = (struct hob_json){.text = text, .tokens = tokens, .count = p.count};
    return (int)p.count;
}
