/*
 * hob_setup: the page that a board without a network shows to whoever joins its
 * access point: the setup code to read off, and a form for the Wi-Fi to join.
 * The transport is the caller's; the password never comes back in a page.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_SETUP_H
#define HOB_SETUP_H

#include <stddef.h>

#include "hob_wifi.h"

/* The longest form that is read, in bytes: every byte of both fields as %xx, and their names. */
#define HOB_SETUP_MAX_FORM 400u

/* Takes the next piece of a page, zero-terminated. */
typedef void (*hob_setup_put)(void *ctx, const char *text);

/*
 * The page. code may be "": then there is no setup code to show. saved is the
 * name of the network that the board has stored, "" for none.
 */
void hob_setup_page(const char *id, const char *code, const char *saved, hob_setup_put put,
                    void *ctx);

/*
 * Reads the form. HOB_OK; an error of hob_form_get or hob_wifi_check, and out is
 * empty.
 */
int hob_setup_read(const char *body, size_t len, struct hob_wifi *out);

/* The page after the form: what becomes of it, result being that of hob_setup_read or of storing. */
void hob_setup_answer(const char *id, const char *ssid, int result, hob_setup_put put, void *ctx);

#endif
