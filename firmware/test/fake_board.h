/*
 * fake_board: a board on a bench: simulated pins with a log of every edge,
 * storage whose power can be cut at any byte, and the server's end of its
 * connections.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAKE_BOARD_H
#define FAKE_BOARD_H

#include "fake_crypto.h"
#include "hob_board.h"

enum fake_mode { FAKE_FREE = 0, FAKE_OUTPUT, FAKE_INPUT, FAKE_PWM, FAKE_STRIP, FAKE_SENSOR, FAKE_I2C };

struct fake_pin {
    enum fake_mode mode;
    bool level;        /* driven, of an output */
    bool outside;      /* what is connected to an input */
    enum hob_pull pull;
    uint32_t freq;
    uint16_t duty;
    uint16_t count;
    uint8_t pixel[3];
};

/* A sensor by its pin, or by its address: their numbers do not overlap on an esp32. */
struct fake_sensor {
    bool open;
    bool started;
    enum hob_sensor_kind kind;
    int wait;  /* ms of a measurement; negative: it does not even start */
    int len;   /* of its answer; 0 or less: none */
    uint8_t raw[16];
    int starts;
    uint64_t start_at;
};

/* Everything that was done to a pin. */
enum fake_act { FAKE_OPEN = 0, FAKE_WRITE, FAKE_RELEASE };

struct fake_edge {
    uint64_t at;
    uint32_t value; /* level, duty, or three bytes of pixel */
    uint8_t pin;
    uint8_t act;
};

#define FAKE_PINS 64
#define FAKE_SENSORS 128
#define FAKE_EDGES 2048
#define FAKE_FRAMES 64

/* Two slots for firmware. A restart boots what is to be booted, as a bootloader does. */
#define FAKE_IMAGE 16384u

struct fake_images {
    uint8_t data[FAKE_IMAGE]; /* the slot that does not run */
    uint32_t written;
    uint32_t room; /* 0: FAKE_IMAGE */
    bool booted;   /* update_boot was called: a start runs it */
    bool on_trial; /* what runs was booted so and is not kept yet */
    bool broken;   /* storing and reading fail */
    bool unbootable;
    bool unkeepable;
    int keeps;
    int undone;
};

struct fake_slot {
    uint8_t data[HOB_MAX_RECORD];
    size_t len;
};

/* The server's end of one connection. */
struct fake_peer {
    struct hob_noise noise;
    bool open;
    bool shaken;
    int closed; /* close code, 0 if the board has not closed it */
    char reason[64];
};

struct fake_frame {
    int conn;
    char text[HOB_MAX_FRAME + 1];
};

struct fake_board {
    struct hob_board board;
    struct hob_scratch scratch;
    struct hob_options options;
    struct hob_port port;
    struct hob_crypto crypto;
    struct fake_crypto random;
    uint64_t now;

    struct fake_pin pins[FAKE_PINS];
    struct fake_edge edges[FAKE_EDGES];
    int edge_count;
    bool pins_broken; /* setting one up fails */
    int faults; /* uses of a pin that the port does not allow */
    struct fake_sensor sensors[FAKE_SENSORS];
    uint8_t sda; /* of the bus that is open, HOB_NO_PIN */
    uint8_t scl;

    struct fake_slot slots[HOB_SLOT_COUNT];
    int writes;    /* so far */
    int cut_write; /* power fails in this one, counted from 1; 0: never */
    size_t cut_at; /* after so many bytes of it */
    bool cut_short; /* the rest of the slot is gone, instead of being as before */
    size_t cut_len; /* how long that write was to be */
    bool dead;      /* power has failed */
    bool unreadable; /* storage_read fails */
    bool full;       /* storage_write fails, with nothing written */

    struct fake_peer peers[HOB_MAX_CONNS];
    struct fake_frame frames[FAKE_FRAMES];
    int frame_first;
    int frame_count;
    bool deaf; /* sending fails */
    struct fake_images images;
    int restarts;
    int adoption_changes;
    int logged[HOB_LOG_COUNT];
    struct hob_stats stats;
};

/* A new board with empty storage, an esp32; not started yet. */
void fake_make(struct fake_board *f, uint64_t seed);

/* Starts it, or starts it again, at uptime 0. Pins and connections are fresh. */
int fake_boot(struct fake_board *f);

/* Lets time pass in the steps that the board asks for. */
void fake_run(struct fake_board *f, uint64_t ms);

/* Sets what is connected to an input pin and tells the board. */
void fake_set(struct fake_board *f, uint8_t pin, bool level);

/*
 * Dials and shakes hands with a key. Result: the connection, or negative if the
 * board did not answer.
 */
int fake_dial(struct fake_board *f, const uint8_t key[HOB_KEY_LEN]);

/* Dials, shakes hands and says hello; the board's hello is the next to hear. */
int fake_session(struct fake_board *f, const uint8_t key[HOB_KEY_LEN]);

/* Sends a frame, printf-like. Result: that of hob_conn_message. */
int fake_say(struct fake_board *f, int conn, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int fake_say_bytes(struct fake_board *f, int conn, const void *data, size_t len);

/* The next frame that the board sent, "" if there is none. */
const char *fake_hear(struct fake_board *f);

/* The frame that was heard last, again. */
const char *fake_last(const struct fake_board *f);

/* Skips frames up to one that holds the text; "" if none does. */
const char *fake_wait(struct fake_board *f, const char *part);

/* Forgets what was heard, and the edges. */
void fake_clear(struct fake_board *f);

/*
 * Sends a whole configuration: items one a line. Result: true if the board
 * answered with configured. rev is up to 16 hexadecimal digits.
 */
bool fake_configure(struct fake_board *f, int conn, const char *rev, const char *items);

/* Gives the board the usual test key and opens a session with it. */
int fake_adopted(struct fake_board *f);
extern const uint8_t fake_key[HOB_KEY_LEN];

/*
 * Makes and starts a board, adopts it, configures it and lets so many ms pass; what was
 * heard by then is forgotten. conn is its session, negative if there is none. Result:
 * true if it has the configuration.
 */
bool fake_start(struct fake_board *f, uint64_t seed, int *conn, const char *items, uint64_t ms);

/* What a sensor answers from now on; each makes its checksums itself. */
void fake_raw(struct fake_board *f, uint8_t where, const void *raw, int len);
void fake_ds18b20(struct fake_board *f, uint8_t pin, int sixteenths);
void fake_dht22(struct fake_board *f, uint8_t pin, int tenths, int humidity_tenths);
void fake_sht3x(struct fake_board *f, uint8_t addr, uint16_t t, uint16_t rh);
void fake_millivolts(struct fake_board *f, uint8_t pin, uint16_t mv);
void fake_count(struct fake_board *f, uint8_t pin, uint32_t count);

/* Edges of one pin since the last fake_clear. */
int fake_edges(const struct fake_board *f, uint8_t pin);

/* The point of that name; its name is empty if there is none. */
struct hob_point_status fake_point(const struct fake_board *f, const char *name);

/* The driven level of a pin: what a relay sees. */
bool fake_level(const struct fake_board *f, uint8_t pin);

#endif
