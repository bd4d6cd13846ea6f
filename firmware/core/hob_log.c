/*
 * The log; see hob_log.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_log.h"

struct line {
    enum hob_log_level level;
    const char *text;
};

static const struct line lines[HOB_LOG_COUNT] = {
    [HOB_LOG_BOOT] = {HOB_LOG_INFO, "started"},
    [HOB_LOG_CONFIG_REFUSED] = {HOB_LOG_ERROR,
                                "the stored configuration is not accepted: outputs stay off"},
    [HOB_LOG_CONFIG_APPLIED] = {HOB_LOG_INFO, "configuration applied"},
    [HOB_LOG_CONFIG_ERROR] = {HOB_LOG_WARNING, "configuration from the server refused"},
    [HOB_LOG_STORAGE_READ] = {HOB_LOG_ERROR, "settings cannot be read"},
    [HOB_LOG_STORAGE_WRITE] = {HOB_LOG_ERROR, "settings cannot be written"},
    [HOB_LOG_PIN] = {HOB_LOG_ERROR, "pin cannot be set up"},
    [HOB_LOG_SESSION_OPENED] = {HOB_LOG_INFO, "session opened"},
    [HOB_LOG_SESSION_ENDED] = {HOB_LOG_INFO, "session ended"},
    [HOB_LOG_HANDSHAKE_FAILED] = {HOB_LOG_WARNING, "handshake failed"},
    [HOB_LOG_BAD_FRAME] = {HOB_LOG_WARNING, "bad frame"},
    [HOB_LOG_SEND_FAILED] = {HOB_LOG_WARNING, "frame could not be sent"},
    [HOB_LOG_ADOPTION_OPEN] = {HOB_LOG_INFO, "adoption is open"},
    [HOB_LOG_ADOPTION_CLOSED] = {HOB_LOG_INFO, "adoption is closed"},
    [HOB_LOG_KEY_STORED] = {HOB_LOG_INFO, "key stored"},
    [HOB_LOG_KEYS_WIPED] = {HOB_LOG_WARNING, "keys wiped"},
    [HOB_LOG_CRYPTO] = {HOB_LOG_ERROR, "cryptography failed"},
    [HOB_LOG_RESTART] = {HOB_LOG_INFO, "restarting"},
    [HOB_LOG_UPDATE] = {HOB_LOG_INFO, "an update comes"},
    [HOB_LOG_UPDATE_FAILED] = {HOB_LOG_WARNING, "update refused"},
    [HOB_LOG_UPDATE_KEPT] = {HOB_LOG_INFO, "this firmware has proved itself"},
    [HOB_LOG_UPDATE_UNDONE] = {HOB_LOG_ERROR, "no session with this firmware: back to the one before"},
};

static bool known(enum hob_log what)
{
    return (int)what >= 0 && what < HOB_LOG_COUNT;
}

const char *hob_log_text(enum hob_log what)
{
    return known(what) ? lines[what].text : "unknown";
}

enum hob_log_level hob_log_level(enum hob_log what)
{
    return known(what) ? lines[what].level : HOB_LOG_ERROR;
}

void hob_log(struct hob_board *b, enum hob_log what, int32_t detail)
{
    b->port->log(b->port->ctx, what, detail);
}

void hob_count(uint32_t *counter)
{
    if (*counter < UINT32_MAX)
        (*counter)++;
}
