/*
 * hob: a board. All of its behaviour (outputs, inputs, bindings, configuration,
 * keys, the link to the server as in docs/wire.md) with everything that touches
 * the outside passed in: pins, storage, cryptography, connections and time.
 *
 *     hob_init       outputs take their boot state; nothing else is needed first
 *     hob_tick       whenever the time it asked for has passed
 *     hob_conn_*     when the transport has something
 *     hob_input_changed, hob_boot_button_held, ...   when something physical happens
 *
 * Time. Every call takes now_ms, the board's uptime: whole milliseconds since
 * boot, monotonic, never the wall clock. A value below an earlier one counts as
 * the earlier one.
 *
 * Threads. A board, and the scratch memory it was given, belong to one caller at
 * a time. Boards share nothing else: any number of them may run in one process,
 * and boards driven by one thread may share one scratch. Callbacks run inside
 * the call that caused them, on its thread, and must not call back into hob_*
 * for the same board or for one with the same scratch.
 *
 * No function allocates, blocks by itself, recurses, or keeps a pointer to data
 * passed to it beyond the call, except those in struct hob_options.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_H
#define HOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob_crypto.h"
#include "hob_err.h"

/* ---- limits ---- */

/* Points of one board; docs/wire.md says 48. A smaller build may say less. */
#ifndef HOB_MAX_POINTS
#define HOB_MAX_POINTS 48
#endif
/* Bindings of one board. */
#ifndef HOB_MAX_BINDINGS
#define HOB_MAX_BINDINGS 48
#endif
/* Thermostats of one board, and segments of a plan of one. */
#ifndef HOB_MAX_THERMOSTATS
#define HOB_MAX_THERMOSTATS 8
#endif
#define HOB_MAX_SEGMENTS 32
/* All items of a configuration with one line end each, in bytes: 12288 with 48 points. */
#define HOB_MAX_CONFIG_BYTES ((size_t)HOB_MAX_POINTS * 256)
/* Connections at once: one live, two shaking hands. They are numbered from 0. */
#define HOB_MAX_CONNS 3
/* The longest plaintext of a frame, and the longest transport message, in bytes. */
#define HOB_MAX_FRAME 4096u
#define HOB_MAX_MESSAGE (HOB_MAX_FRAME + 16u)
/* Sizes of strings with their terminator. */
#define HOB_ID_SIZE 17u         /* "hob-" and 12 digits */
#define HOB_NAME_SIZE 16u       /* a point */
#define HOB_REV_SIZE 17u        /* a configuration's revision */
#define HOB_PLAN_SIZE 9u        /* what a thermostat's plan is called */
#define HOB_SETUP_CODE_SIZE 31u /* XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX */
/* The longest time hob_tick asks for, in ms. */
#define HOB_TICK_MAX_MS 60000u

/* ---- storage ---- */

/*
 * Settings live in numbered slots, two for each kind of record: a record is
 * written to the slot that holds the older one, with a sequence number and a
 * CRC-32. A power cut may therefore leave a slot in any condition, cut short or
 * mixed, and the record as a whole is either the old or the new one.
 */
enum hob_slot {
    HOB_SLOT_KEYS_A = 0,
    HOB_SLOT_KEYS_B,
    HOB_SLOT_CONFIG_A,
    HOB_SLOT_CONFIG_B,
    HOB_SLOT_STATE_A, /* outputs to restore after a boot */
    HOB_SLOT_STATE_B,
    HOB_SLOT_COUNT
};

/* The longest record of any slot, in bytes. */
#define HOB_MAX_RECORD (HOB_MAX_CONFIG_BYTES + 256u)

/* ---- what a board needs ---- */

enum hob_pull { HOB_PULL_NONE = 0, HOB_PULL_UP, HOB_PULL_DOWN };

/* No pin. */
#define HOB_NO_PIN 0xffu

/* How a sensor is read. */
enum hob_sensor_kind {
    HOB_SENSOR_DS18B20 = 0, /* 1-Wire, the only one at its pin */
    HOB_SENSOR_DHT22,
    HOB_SENSOR_SHT3X,  /* on the I2C bus */
    HOB_SENSOR_NTC,    /* thermistor from the pin to ground, a resistor to 3.3 V */
    HOB_SENSOR_ANALOG, /* a voltage */
    HOB_SENSOR_PULSE,  /* counts the falling edges of a pin */
    HOB_SENSOR_FED     /* told by the server; no port is asked for it */
};

/* Room for the longest raw answer of any sensor, in bytes. */
#define HOB_MAX_RAW 9u

/* Why the board started, as hello tells it. */
enum hob_reset {
    HOB_RESET_UNKNOWN = 0,
    HOB_RESET_POWER_ON,
    HOB_RESET_RESTART,
    HOB_RESET_WATCHDOG,
    HOB_RESET_BROWNOUT,
    HOB_RESET_PANIC
};

/* WebSocket close codes of docs/wire.md. */
enum hob_close {
    HOB_CLOSE_BAD_FRAME = 4000,
    HOB_CLOSE_HANDSHAKE = 4001,
    HOB_CLOSE_NO_KEY = 4002,
    HOB_CLOSE_PROTO = 4003,
    HOB_CLOSE_SUPERSEDED = 4004,
    HOB_CLOSE_SILENT = 4005,
    HOB_CLOSE_KEY_CHANGED = 4006,
    HOB_CLOSE_RESTART = 4007
};

/* What is worth a line in a log. hob_log_text and hob_log_level describe them. */
enum hob_log {
    HOB_LOG_BOOT = 0,         /* detail: points configured */
    HOB_LOG_CONFIG_REFUSED,   /* the stored configuration is not accepted any more; detail: item or -1 */
    HOB_LOG_CONFIG_APPLIED,   /* detail: points configured */
    HOB_LOG_CONFIG_ERROR,     /* a configuration from the server was refused; detail: item or -1 */
    HOB_LOG_STORAGE_READ,     /* detail: slot */
    HOB_LOG_STORAGE_WRITE,    /* detail: slot */
    HOB_LOG_PIN,              /* the port could not set up a pin; detail: pin */
    HOB_LOG_SESSION_OPENED,   /* detail: connection */
    HOB_LOG_SESSION_ENDED,    /* detail: close code, 0 if the peer went */
    HOB_LOG_HANDSHAKE_FAILED, /* detail: connection */
    HOB_LOG_BAD_FRAME,        /* detail: an enum hob_err */
    HOB_LOG_SEND_FAILED,      /* detail: connection */
    HOB_LOG_ADOPTION_OPEN,    /* hob_setup_code has the code */
    HOB_LOG_ADOPTION_CLOSED,
    HOB_LOG_KEY_STORED,  /* adopted or rotated */
    HOB_LOG_KEYS_WIPED,
    HOB_LOG_CRYPTO,      /* a primitive failed; detail: an enum hob_err */
    HOB_LOG_RESTART,
    HOB_LOG_UPDATE,        /* an image is coming; detail: its size */
    HOB_LOG_UPDATE_FAILED, /* detail: how much of it had come */
    HOB_LOG_UPDATE_KEPT,   /* what runs has proved itself */
    HOB_LOG_UPDATE_UNDONE, /* it has not: the one before comes back */
    HOB_LOG_COUNT
};

enum hob_log_level { HOB_LOG_INFO = 0, HOB_LOG_WARNING, HOB_LOG_ERROR };

/* What the port knows for the stats frame. */
struct hob_stats {
    uint32_t heap;    /* free heap in bytes */
    uint32_t heap_low; /* the least it ever was; 0: not known, it is not sent */
    uint32_t stack;   /* the least that any task has left of its stack, in bytes; 0 as above */
    uint32_t loop_us; /* longest turn of the main loop since the last call, in µs */
    int16_t rssi;     /* dBm; 0 when not on Wi-Fi */
    int16_t temp;     /* chip temperature in °C */
    bool has_temp;    /* false: the chip has none, temp is not sent */
};

/*
 * The board's surroundings. Every function must be there; ctx is their first
 * argument. Those that return int give 0 (or a length) or a negative value.
 *
 * Pins: levels are electrical (true is high); the core does the inverting. A
 * pin is set up by one of pin_output, pin_input, pwm_open, strip_open before
 * anything else is asked of it, and pin_release undoes any of them: the pin is
 * an input without pull again. Failure to set up is logged, nothing more.
 */
struct hob_port {
    /* Makes the pin an output that drives level from its first instant on. */
    int (*pin_output)(void *ctx, uint8_t pin, bool level);
    void (*pin_write)(void *ctx, uint8_t pin, bool level);
    int (*pin_input)(void *ctx, uint8_t pin, enum hob_pull pull);
    bool (*pin_read)(void *ctx, uint8_t pin);
    void (*pin_release)(void *ctx, uint8_t pin);

    /*
     * PWM at freq_hz (1 to 40000); duty is the share of the period at high
     * level, 0 = never, 65535 = always (a steady level, no spikes). Opening an
     * open pin changes its frequency.
     */
    int (*pwm_open)(void *ctx, uint8_t pin, uint32_t freq_hz, uint16_t duty);
    void (*pwm_write)(void *ctx, uint8_t pin, uint16_t duty);

    /*
     * A WS2812 strip of count pixels (1 to 1024). fill gives all of them the
     * three bytes of pixel, in the order in which they go over the wire. Opening
     * an open pin changes the count.
     */
    int (*strip_open)(void *ctx, uint8_t pin, uint16_t count);
    void (*strip_fill)(void *ctx, uint8_t pin, uint16_t count, const uint8_t pixel[3]);

    /*
     * Sensors. where is the pin, or of a HOB_SENSOR_SHT3X its I2C address.
     * sensor_open comes before anything else is asked of a sensor and
     * sensor_close undoes it; failure to open is logged, nothing more.
     *
     * sensor_start begins a measurement. Result: after how many ms the answer
     * can be read (0: at once), negative if there is no sensor. sensor_read puts
     * the raw answer into buf, which has room for HOB_MAX_RAW bytes. Result: its
     * length, negative if there is none. Both come from hob_tick only and may take some ms, which
     * a 1-Wire sensor needs. Answers:
     *   DS18B20      9 bytes, the scratchpad as it is
     *   DHT22        5 bytes in their order on the wire
     *   SHT3x        6 bytes: temperature, CRC, humidity, CRC
     *   NTC, analog  2 bytes: millivolts, little-endian
     *   pulse        4 bytes: edges since it was opened, little-endian
     *
     * i2c_open takes the pins of the bus; both are HOB_NO_PIN to release it.
     */
    int (*sensor_open)(void *ctx, enum hob_sensor_kind kind, uint8_t where);
    void (*sensor_close)(void *ctx, enum hob_sensor_kind kind, uint8_t where);
    int (*sensor_start)(void *ctx, enum hob_sensor_kind kind, uint8_t where);
    int (*sensor_read)(void *ctx, enum hob_sensor_kind kind, uint8_t where, uint8_t *buf,
                       size_t cap);
    int (*i2c_open)(void *ctx, uint8_t sda, uint8_t scl);

    /*
     * storage_read copies a slot to buf: the result is its length, 0 if it was
     * never written, negative if it cannot be read or is longer than cap.
     * storage_write replaces a slot's content (len 0 empties it) and returns
     * only when it would survive a power cut.
     */
    int (*storage_read)(void *ctx, enum hob_slot slot, uint8_t *buf, size_t cap);
    int (*storage_write)(void *ctx, enum hob_slot slot, const uint8_t *data, size_t len);

    /*
     * Sends one binary WebSocket message without blocking for long. Negative:
     * it could not be queued; the core closes the connection then.
     */
    int (*conn_send)(void *ctx, int conn, const uint8_t *data, size_t len);
    /*
     * Closes a connection, after what was sent has gone. From this call on conn
     * is free: a later hob_conn_open may give it out again, and neither
     * hob_conn_message nor hob_conn_closed may be called for the old one.
     * reason is at most 60 bytes and zero-terminated.
     */
    void (*conn_close)(void *ctx, int conn, enum hob_close code, const char *reason);

    /*
     * Updates, into the slot that does not run. update_begin makes room for size
     * bytes; negative: there is none. update_write stores the next part at at, in
     * order and without gaps; it may take as long as flash takes. update_read gives
     * back what was stored. update_boot has it booted from the next start on, on
     * trial; negative: it is no firmware for this board.
     */
    int (*update_begin)(void *ctx, uint32_t size);
    int (*update_write)(void *ctx, uint32_t at, const uint8_t *data, size_t len);
    int (*update_read)(void *ctx, uint32_t at, uint8_t *buf, size_t len);
    int (*update_boot)(void *ctx);
    /*
     * Whether what runs is on trial: any start that comes before update_keep brings
     * the one before back. update_undo brings it back at once, with a restart as by
     * restart.
     */
    bool (*update_on_trial)(void *ctx);
    int (*update_keep)(void *ctx);
    void (*update_undo)(void *ctx);

    /*
     * Restart the board as soon as the running call has returned. Settings are
     * stored already.
     */
    void (*restart)(void *ctx);
    /*
     * The announcement or the setup code changed: ask hob_get_status and
     * hob_setup_code (after the running call has returned).
     */
    void (*adoption_changed)(void *ctx);
    void (*stats)(void *ctx, struct hob_stats *out);
    void (*log)(void *ctx, enum hob_log what, int32_t detail);

    void *ctx;
};

struct hob_scratch;

/* All strings and structs pointed to must stay as they are while the board lives. */
struct hob_options {
    const char *id;   /* "hob-" and 6 to 12 lower-case hexadecimal digits */
    const char *chip; /* a name that hob_chip_find knows */
    const char *fw;   /* firmware version, 1 to 31 bytes of printable ASCII without " and \ */
    enum hob_reset reset;
    /* Build date in ms since 1970: an earlier wall time from the server is ignored. 0: not known, none is. */
    uint64_t build_unix_ms;
    /*
     * Inputs are sampled every so many ms (1 to 100). 0: the port calls
     * hob_input_changed at every edge and there is no need to.
     */
    uint32_t input_poll_ms;
    /* Who may sign updates: HOB_VERIFY_KEY_LEN bytes; NULL: none is taken. */
    const uint8_t *update_key;
    /* Of this firmware; an update with a lower one is refused. */
    uint16_t security;
    /* Which place for firmware this one runs from, 1 to 16; 0: not known, or there is one only. */
    uint8_t slot;
    const struct hob_port *port;
    const struct hob_crypto *crypto;
    /* hob_scratch_size() bytes aligned for any type; used only during calls. */
    struct hob_scratch *scratch;
};

/* ---- the board ---- */

/*
 * One board, in memory of the caller's: hob_board_size() bytes aligned for any
 * type (malloc's will do), or a variable of the type that hob_board.h completes.
 */
struct hob_board;

size_t hob_board_size(void);
size_t hob_scratch_size(void);

/*
 * Starts a board in b, whatever was there before. Reads settings; brings every
 * configured output to its boot state; makes a setup code and opens adoption for
 * 10 minutes if there are no settings at all (the first power-up). A stored
 * configuration that is not accepted any more is not applied: no output is
 * driven, the revision in force is "", HOB_LOG_CONFIG_REFUSED.
 * HOB_ERR_ARG: an option is not as described above (nothing was touched);
 * HOB_ERR_CRYPTO: no random numbers for the boot id (outputs work all the same,
 * and so may the caller go on).
 */
int hob_init(struct hob_board *b, const struct hob_options *options, uint64_t now_ms);

/*
 * Does what is due. To be called when all else that the port knows of (edges,
 * messages, connections that have ended) has been told: a pulse that people were
 * warned of begins here and nowhere else. Result: after how many ms to call again at the latest, 1 to
 * HOB_TICK_MAX_MS. Calling earlier does no harm.
 */
uint32_t hob_tick(struct hob_board *b, uint64_t now_ms);

/*
 * The same number without doing anything, 0 if something is due now: to be asked
 * after any other call below, each of which may have made it smaller.
 */
uint32_t hob_next_tick(const struct hob_board *b, uint64_t now_ms);

/*
 * An edge was seen at an input pin. Restarts its debounce time even if the level
 * is back to what it was. Pins that are no configured input are ignored.
 */
void hob_input_changed(struct hob_board *b, uint8_t pin, uint64_t now_ms);

/*
 * The same for ports that keep edges until they are told: at at_ms, at most
 * now_ms, the pin went to this level. Told in their order, edges make the same
 * gestures however late they are told; hob_tick is called after the last of them.
 * For a pin, use this or hob_input_changed.
 */
void hob_input_edge_at(struct hob_board *b, uint8_t pin, bool level, uint64_t at_ms,
                       uint64_t now_ms);

/*
 * A peer has opened a WebSocket on /link. Result: the number of the connection,
 * below HOB_MAX_CONNS. If all are taken, the oldest one that has not proved
 * itself makes room (conn_close is called for it); HOB_ERR_SPACE if there is
 * none: refuse the upgrade with 503 or, when it has been made already, close with 1013.
 */
int hob_conn_open(struct hob_board *b, uint64_t now_ms);

/*
 * A binary message has come. data may be read only. HOB_OK; HOB_ERR_ARG for a
 * number that is not open; any other error: the connection was closed, conn_close
 * has been called.
 */
int hob_conn_message(struct hob_board *b, int conn, const uint8_t *data, size_t len,
                     uint64_t now_ms);

/*
 * The peer broke the transport's rules: a text message, or one longer than
 * HOB_MAX_MESSAGE. Closes the connection with 4000 (conn_close is called).
 */
void hob_conn_violation(struct hob_board *b, int conn, uint64_t now_ms);

/* The connection is gone. Numbers that are not open are ignored. */
void hob_conn_closed(struct hob_board *b, int conn, uint64_t now_ms);

/*
 * BOOT was held for 5 s: opens adoption for 10 minutes from now, and makes a
 * setup code if there is none. HOB_ERR_CRYPTO, HOB_ERR_STORAGE: not opened.
 */
int hob_boot_button_held(struct hob_board *b, uint64_t now_ms);

/*
 * Gives the board its key without a session, as provisioning over a cable does:
 * other keys and the setup code are gone, open sessions are closed with 4006.
 * HOB_ERR_KEY if it is all zero; HOB_ERR_STORAGE: nothing changed.
 */
int hob_set_key(struct hob_board *b, const uint8_t key[HOB_KEY_LEN], uint64_t now_ms);

/*
 * Back to the state of a first power-up: outputs off and their pins released,
 * configuration and keys wiped, sessions closed with 4006, a new setup code,
 * adoption open for 10 minutes. HOB_ERR_STORAGE, HOB_ERR_CRYPTO: as far as it
 * got; call again.
 */
int hob_factory_reset(struct hob_board *b, uint64_t now_ms);

/*
 * Call before a planned restart or power-off that the server did not ask for:
 * ends pulses and warnings, stores what is still to be stored and closes sessions with 4007.
 * Other outputs stay.
 */
void hob_shutdown(struct hob_board *b, uint64_t now_ms);

/*
 * Whether the network is there, for the status LED only. A board starts without.
 */
void hob_set_network(struct hob_board *b, bool up, uint64_t now_ms);

/* ---- questions; none of them changes anything ---- */

/*
 * Writes the setup code, grouped for people. Result: its length (30);
 * HOB_ERR_STATE if there is none (the board has a key and adoption never
 * opened).
 */
int hob_setup_code(const struct hob_board *b, char out[HOB_SETUP_CODE_SIZE]);

/* Counts since boot; they stop at their greatest value. */
struct hob_counters {
    uint32_t sessions;         /* opened */
    uint32_t handshakes_failed;
    uint32_t bad_frames;
    uint32_t frames_in;        /* understood */
    uint32_t frames_out;
    uint32_t sends_failed;
    uint32_t storage_writes;
    uint32_t storage_errors;
};

struct hob_status {
    bool adopted;         /* has a key; announced as state=adopted, else state=new */
    bool adoption_open;
    bool session;         /* a session is open (after the server's hello) */
    bool config_refused;  /* the stored configuration was not accepted at boot */
    char config[HOB_REV_SIZE]; /* revision in force, "" for none */
    char boot[9];         /* boot id */
    uint8_t points;
    uint8_t bindings;
    uint64_t unix_ms;     /* wall time if a server has told it since boot, else 0 */
    struct hob_counters counters;
};

void hob_get_status(const struct hob_board *b, struct hob_status *out, uint64_t now_ms);

enum hob_kind {
    HOB_KIND_NONE = 0,
    HOB_KIND_RELAY,
    HOB_KIND_PWM,
    HOB_KIND_WS2812,
    HOB_KIND_INPUT,
    HOB_KIND_SENSOR
};

/* A configured point as the server sees it. */
struct hob_point_status {
    char name[HOB_NAME_SIZE];
    enum hob_kind kind;
    uint8_t pin;       /* HOB_NO_PIN of a sensor that has none of its own */
    bool on;           /* relay on, light brighter than 0, input active */
    uint16_t level;    /* lights: 0 to 1000 per mille, the target of a fade */
    uint8_t rgb[3];    /* WS2812 */
    bool measured;     /* sensor: there was a good sample */
    int64_t reading;   /* of the newest good sample: thousandths of a degree, mV, or edges */
    uint64_t up;       /* uptime at which it took this value, ms */
    const char *cause; /* as in docs/wire.md, static */
};

/*
 * Point number i, 0 to HOB_MAX_POINTS - 1; numbers keep their point until it is
 * configured away. HOB_ERR_UNKNOWN if there is none with that number.
 */
int hob_get_point(const struct hob_board *b, int i, struct hob_point_status *out);

/* A line for people, and its weight; static. For codes out of range too. */
const char *hob_log_text(enum hob_log what);
enum hob_log_level hob_log_level(enum hob_log what);

#endif
