/*
 * A board from start to end; see hob.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob.h"

#include <string.h>

#include "hob_apply.h"
#include "hob_interlock.h"
#include "hob_keys.h"
#include "hob_log.h"
#include "hob_name.h"
#include "hob_plan.h"
#include "hob_point.h"
#include "hob_restore.h"
#include "hob_run.h"
#include "hob_session.h"
#include "hob_staging.h"
#include "hob_store.h"
#include "hob_text.h"
#include "hob_update.h"

#define MAX_FW 31u
#define MAX_POLL_MS 100u
#define MAX_SLOT 16u

_Static_assert(HOB_MAX_POINTS >= 2 && HOB_MAX_POINTS <= 48, "sets of points are 64-bit numbers");

size_t hob_board_size(void)
{
    return sizeof(struct hob_board);
}

size_t hob_scratch_size(void)
{
    return sizeof(struct hob_scratch);
}

static bool port_complete(const struct hob_port *p)
{
    return p != NULL && p->pin_output != NULL && p->pin_write != NULL && p->pin_input != NULL &&
           p->pin_read != NULL && p->pin_release != NULL && p->pwm_open != NULL &&
           p->pwm_write != NULL && p->strip_open != NULL && p->strip_fill != NULL &&
           p->sensor_open != NULL && p->sensor_close != NULL && p->sensor_start != NULL &&
           p->sensor_read != NULL && p->i2c_open != NULL &&
           p->storage_read != NULL && p->storage_write != NULL && p->conn_send != NULL &&
           p->conn_close != NULL && p->update_begin != NULL && p->update_write != NULL &&
           p->update_read != NULL && p->update_boot != NULL && p->update_on_trial != NULL &&
           p->update_keep != NULL && p->update_undo != NULL && p->restart != NULL && p->adoption_changed != NULL &&
           p->stats != NULL && p->log != NULL;
}

static bool version_ok(const char *fw)
{
    size_t len = strlen(fw);
    for (size_t i = 0; i < len; i++) {
        if (fw[i] < ' ' || fw[i] > '~' || fw[i] == '"' || fw[i] == '\\')
            return false;
    }
    return len >= 1 && len <= MAX_FW;
}

static bool options_ok(const struct hob_options *o)
{
    return o->id != NULL && hob_name_is_board(o->id) && hob_chip_find(o->chip) != NULL &&
           o->fw != NULL && version_ok(o->fw) && (int)o->reset >= HOB_RESET_UNKNOWN &&
           o->reset <= HOB_RESET_PANIC && o->input_poll_ms <= MAX_POLL_MS && o->slot <= MAX_SLOT &&
           port_complete(o->port) && o->crypto != NULL && hob_crypto_complete(o->crypto) &&
           o->scratch != NULL;
}

static int make_boot_id(struct hob_board *b)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bits[4] = {0};
    int r = b->options.crypto->random(b->options.crypto->ctx, bits, sizeof bits);
    for (size_t i = 0; i < sizeof bits; i++) {
        b->boot[2 * i] = digits[bits[i] >> 4];
        b->boot[2 * i + 1] = digits[bits[i] & 15u];
    }
    if (r < 0)
        hob_log(b, HOB_LOG_CRYPTO, r);
    return r < 0 ? HOB_ERR_CRYPTO : HOB_OK;
}

int hob_init(struct hob_board *b, const struct hob_options *options, uint64_t now_ms)
{
    if (b == NULL || options == NULL || !options_ok(options))
        return HOB_ERR_ARG;
    memset(b, 0, sizeof *b);
    b->options = *options;
    b->port = options->port;
    b->chip = hob_chip_find(options->chip);
    b->now = b->ticked = now_ms;
    b->session = HOB_NONE;
    b->led.config.pin = HOB_NONE;
    b->i2c.sda = b->i2c.scl = HOB_NONE;
    for (int i = 0; i < HOB_RECORD_COUNT; i++)
        b->records[i].newest = HOB_NONE;
    /* Outputs before anything that may take its time or fail. */
    hob_staging_load(b);
    int r = make_boot_id(b);
    hob_keys_load(b);
    hob_staging_recognise(b);
    hob_update_load(b);
    hob_log(b, HOB_LOG_BOOT, hob_point_count(b));
    return r;
}

int hob_boot_button_held(struct hob_board *b, uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    int r = hob_keys_open_adoption(b);
    hob_run_report(b);
    return r;
}

int hob_set_key(struct hob_board *b, const uint8_t key[HOB_KEY_LEN], uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    int r = hob_keys_adopt(b, key);
    if (r == HOB_OK)
        hob_session_close_all(b, HOB_CLOSE_KEY_CHANGED, "the key has changed");
    hob_run_report(b);
    return r;
}

int hob_factory_reset(struct hob_board *b, uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    hob_session_close_all(b, HOB_CLOSE_KEY_CHANGED, "factory reset");
    /* The keys first: whatever a power cut leaves then is nobody's board. */
    int r = hob_keys_forget(b);
    if (r != HOB_OK)
        return r;
    hob_plan_init(&b->options.scratch->out.plan);
    hob_apply(b, &b->options.scratch->out.plan, HOB_CAUSE_CONFIG);
    b->rev[0] = '\0';
    b->config_refused = false;
    b->restore.dirty = false;
    r = hob_store_erase(b, HOB_RECORD_CONFIG);
    if (r == HOB_OK)
        r = hob_store_erase(b, HOB_RECORD_STATE);
    return r == HOB_OK ? hob_keys_open_adoption(b) : r;
}

void hob_shutdown(struct hob_board *b, uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    /* Nobody would end them on time any more. */
    hob_interlock_stop(b);
    hob_run_report(b);
    (void)hob_restore_flush(b);
    hob_session_close_all(b, HOB_CLOSE_RESTART, "restarting");
    hob_log(b, HOB_LOG_RESTART, 0);
}

void hob_set_network(struct hob_board *b, bool up, uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    b->network = up;
    hob_run_report(b);
}

void hob_get_status(const struct hob_board *b, struct hob_status *out, uint64_t now_ms)
{
    memset(out, 0, sizeof *out);
    out->adopted = hob_keys_adopted(b);
    out->adoption_open = hob_keys_adoption_open(b);
    out->session = hob_session_live(b);
    out->config_refused = b->config_refused;
    hob_text_copy(out->config, sizeof out->config, b->rev);
    hob_text_copy(out->boot, sizeof out->boot, b->boot);
    out->points = hob_point_count(b);
    out->bindings = b->binding_count;
    if (b->unix_offset > 0)
        out->unix_ms = b->unix_offset + (now_ms > b->now ? now_ms : b->now);
    out->counters = b->counters;
}
