/*
 * Provisioning over a cable; see hob_serial.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_serial.h"

#include <string.h>

#include "hob_json.h"
#include "hob_store.h"

/* A line is PREFIX, the JSON, a space, and 8 hexadecimal digits of its CRC-32. */
#define PREFIX "HOB1 "
#define PREFIX_LEN (sizeof PREFIX - 1)
#define SUM_LEN 9u
#define MAX_TOKENS 32

bool hob_serial_byte(struct hob_serial_line *line, uint8_t byte)
{
    bool end = byte == '\n' || byte == '\r';
    if (!end) {
        if (line->len < HOB_SERIAL_MAX)
            line->text[line->len++] = (char)byte;
        else
            line->too_long = true;
        return false;
    }
    bool whole = line->len > 0 && !line->too_long;
    line->text[line->len] = '\0';
    line->len = 0;
    line->too_long = false;
    return whole;
}

/* ---- frames ---- */

static char hex_digit(uint32_t v)
{
    return "0123456789abcdef"[v & 15u];
}

static void put_sum(char out[8], uint32_t sum)
{
    for (int i = 0; i < 8; i++)
        out[i] = hex_digit(sum >> (28 - 4 * i));
}

/* The JSON of a line and its length; NULL if the line is no frame. */
static char *unwrap(char *line, size_t *len)
{
    size_t all = strlen(line);
    char sum[8];
    if (all < PREFIX_LEN + SUM_LEN || memcmp(line, PREFIX, PREFIX_LEN) != 0)
        return NULL;
    *len = all - PREFIX_LEN - SUM_LEN;
    put_sum(sum, hob_crc32((const uint8_t *)line + PREFIX_LEN, *len));
    if (line[all - SUM_LEN] != ' ' || memcmp(line + all - sizeof sum, sum, sizeof sum) != 0)
        return NULL;
    return line + PREFIX_LEN;
}

static int wrap(struct hob_json_writer *w, char *out, size_t cap)
{
    hob_jw_end_object(w);
    int len = hob_jw_finish(w);
    if (len < 0)
        return len;
    size_t end = PREFIX_LEN + (size_t)len;
    if (cap - end < SUM_LEN + 1)
        return HOB_ERR_SPACE;
    memcpy(out, PREFIX, PREFIX_LEN);
    out[end] = ' ';
    put_sum(out + end + 1, hob_crc32((const uint8_t *)out + PREFIX_LEN, (size_t)len));
    out[end + SUM_LEN] = '\n';
    return (int)(end + SUM_LEN + 1);
}

static void begin(struct hob_json_writer *w, const char *type, int64_t n, char *out, size_t cap)
{
    hob_jw_init(w, out + PREFIX_LEN, cap - PREFIX_LEN);
    hob_jw_begin_object(w);
    hob_jw_put_string(w, "t", type);
    hob_jw_put_int(w, "n", n);
}

/* ---- answers ---- */

static int describe(const struct hob_serial_host *host, int64_t n, char *out, size_t cap)
{
    struct hob_json_writer w;
    struct hob_serial_board board = {0};
    host->describe(host->ctx, &board);
    begin(&w, "board", n, out, cap);
    hob_jw_put_string(&w, "id", board.id);
    hob_jw_put_string(&w, "chip", board.chip);
    hob_jw_put_string(&w, "fw", board.fw);
    hob_jw_put_string(&w, "state", board.adopted ? "adopted" : "new");
    if (board.code[0] != '\0')
        hob_jw_put_string(&w, "code", board.code);
    hob_jw_put_bool(&w, "wifi", board.wifi);
    hob_jw_put_string(&w, "ssid", board.ssid);
    hob_jw_put_bool(&w, "online", board.online);
    return wrap(&w, out, cap);
}

static const char *why(int result)
{
    switch (result) {
    case HOB_ERR_STATE:
        return "this board has no Wi-Fi";
    case HOB_ERR_KEY:
        return "the key is not one";
    case HOB_ERR_UNKNOWN:
        return "this firmware does not know the request";
    case HOB_ERR_STORAGE:
        return "it could not be stored";
    default:
        return "the request is not as docs/provisioning.md has it";
    }
}

static int outcome(int result, int64_t n, char *out, size_t cap)
{
    struct hob_json_writer w;
    begin(&w, result >= 0 ? "done" : "failed", n, out, cap);
    if (result < 0) {
        hob_jw_put_string(&w, "code", hob_err_name(result));
        hob_jw_put_string(&w, "message", why(result));
    }
    return wrap(&w, out, cap);
}

/* ---- requests ---- */

/* What to provide; each part may be left out, not both. */
struct provision {
    struct hob_wifi wifi;
    uint8_t key[HOB_KEY_LEN];
    bool has_wifi;
    bool has_key;
};

static int optional_copy(const struct hob_json *d, const char *member, char *out, size_t cap)
{
    int r = hob_json_copy(d, hob_json_find(d, 0, member), out, cap);
    return r == HOB_ERR_MISSING || r > 0 ? HOB_OK : r;
}

static int decode(const struct hob_json *d, struct provision *p)
{
    int key = hob_json_find(d, 0, "key");
    p->has_wifi = hob_json_find(d, 0, "ssid") >= 0;
    p->has_key = key >= 0;
    int r = p->has_wifi || p->has_key ? HOB_OK : HOB_ERR_MISSING;
    if (r == HOB_OK)
        r = optional_copy(d, "ssid", p->wifi.ssid, sizeof p->wifi.ssid);
    if (r == HOB_OK)
        r = optional_copy(d, "password", p->wifi.password, sizeof p->wifi.password);
    if (r == HOB_OK && p->has_wifi)
        r = hob_wifi_check(&p->wifi);
    if (r == HOB_OK && p->has_key)
        r = hob_json_hex(d, key, p->key, sizeof p->key);
    if (r == HOB_OK && p->has_key && hob_all_zero(p->key, sizeof p->key))
        r = HOB_ERR_KEY;
    return r;
}

static int provision(const struct hob_serial_host *host, const struct hob_json *d)
{
    struct provision p = {0};
    int r = decode(d, &p);
    /* The network first: a board that has its key and no network would be out of reach. */
    if (r == HOB_OK && p.has_wifi)
        r = host->join(host->ctx, &p.wifi);
    if (r == HOB_OK && p.has_key)
        r = host->set_key(host->ctx, p.key);
    hob_wipe(&p, sizeof p);
    return r;
}

static int answer(const struct hob_serial_host *host, const struct hob_json *d, int64_t n,
                  char *out, size_t cap)
{
    static const char *const types[] = {"hello", "provision", "reset"};
    int type = hob_json_choice(d, hob_json_find(d, 0, "t"), types, sizeof types / sizeof types[0]);
    switch (type) {
    case 0:
        return describe(host, n, out, cap);
    case 1:
        return outcome(provision(host, d), n, out, cap);
    case 2:
        return outcome(host->reset(host->ctx), n, out, cap);
    default:
        return outcome(type == HOB_ERR_VALUE ? HOB_ERR_UNKNOWN : type, n, out, cap);
    }
}

int hob_serial_handle(const struct hob_serial_host *host, char *line, char *out, size_t cap)
{
    struct hob_json_token tokens[MAX_TOKENS];
    struct hob_json d;
    size_t len = 0;
    int64_t n = 0;
    char *json = unwrap(line, &len);
    if (json == NULL)
        return 0;
    if (cap < PREFIX_LEN + SUM_LEN + 1)
        return HOB_ERR_SPACE;
    int r = hob_json_parse(&d, json, len, tokens, MAX_TOKENS);
    if (r > 0)
        r = hob_json_int(&d, hob_json_find(&d, 0, "n"), 0, INT32_MAX, &n);
    r = r < 0 ? outcome(r, n, out, cap) : answer(host, &d, n, out, cap);
    hob_wipe(line, strlen(line));
    return r;
}
