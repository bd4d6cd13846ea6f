/*
 * The setup page; see hob_setup.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_setup.h"

#include <string.h>

#include "hob_form.h"

/* Everything is in the page: whoever sees it has no other network. */
static const char head[] =
    "<!doctype html><html lang=en><meta charset=utf-8>"
    "<meta name=viewport content=\"width=device-width\"><title>Hob board</title>"
    "<style>body{font:1.1em/1.5 sans-serif;max-width:26em;margin:2em auto;padding:0 1em}"
    "input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5em;margin:.2em 0 1em}"
    "code{font-size:1.2em}</style><h1>";

static const char form[] =
    "<form method=post action=/setup><label>Wi-Fi name"
    "<input name=ssid maxlength=32 required autocapitalize=none></label>"
    "<label>Password<input name=password type=password maxlength=63></label>"
    "<button>Join</button></form>";

/* Text of others between our tags. */
static void put_text(hob_setup_put put, void *ctx, const char *text)
{
    char one[2] = {0};
    for (; *text != '\0'; text++) {
        one[0] = *text;
        switch (*text) {
        case '<':
            put(ctx, "&lt;");
            break;
        case '&':
            put(ctx, "&amp;");
            break;
        case '"':
            put(ctx, "&quot;");
            break;
        default:
            put(ctx, one);
        }
    }
}

static void begin(const char *id, hob_setup_put put, void *ctx)
{
    put(ctx, head);
    put_text(put, ctx, id);
    put(ctx, "</h1>");
}

void hob_setup_page(const char *id, const char *code, const char *saved, hob_setup_put put,
                    void *ctx)
{
    begin(id, put, ctx);
    if (code[0] != '\0') {
        put(ctx, "<p>Setup code, for <b>hob adopt</b> or the dashboard:<br><code>");
        put_text(put, ctx, code);
        put(ctx, "</code></p>");
    }
    if (saved[0] != '\0') {
        put(ctx, "<p>It is to join <b>");
        put_text(put, ctx, saved);
        put(ctx, "</b>. Another one:</p>");
    }
    put(ctx, form);
}

int hob_setup_read(const char *body, size_t len, struct hob_wifi *out)
{
    memset(out, 0, sizeof *out);
    int r = hob_form_get(body, len, "ssid", out->ssid, sizeof out->ssid);
    if (r >= 0)
        r = hob_form_get(body, len, "password", out->password, sizeof out->password);
    /* An open network needs none. */
    if (r == HOB_ERR_MISSING && out->ssid[0] != '\0')
        r = HOB_OK;
    if (r >= 0)
        r = hob_wifi_check(out);
    if (r < 0)
        memset(out, 0, sizeof *out);
    return r < 0 ? r : HOB_OK;
}

static const char *why(int result)
{
    switch (result) {
    case HOB_ERR_MISSING:
        return "The name of the network is missing.";
    case HOB_ERR_VALUE:
        return "A Wi-Fi password has at least 8 characters.";
    case HOB_ERR_TOO_LONG:
        return "A Wi-Fi name has at most 32 bytes, a password at most 63.";
    case HOB_ERR_STORAGE:
        return "The board could not store it.";
    default:
        return "The form did not arrive in one piece.";
    }
}

void hob_setup_answer(const char *id, const char *ssid, int result, hob_setup_put put, void *ctx)
{
    begin(id, put, ctx);
    if (result < 0) {
        put(ctx, "<p>");
        put(ctx, why(result));
        put(ctx, "</p>");
        put(ctx, form);
        return;
    }
    put(ctx, "<p>The board now joins <b>");
    put_text(put, ctx, ssid);
    put(ctx, "</b>. This access point goes away when it has; if it does not, "
             "hold BOOT for 5 seconds and try again.</p>");
}
