/*
 * hob_board: completes the types of hob.h, for those who want a board in a
 * variable of their own. The fields are the core's: nobody else reads or writes
 * them. The modules that do are named at each group.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_BOARD_H
#define HOB_BOARD_H

#include "hob.h"
#include "hob_chip_table.h"
#include "hob_json.h"
#include "hob_noise.h"

/* ---- configuration, in checked form (hob_item, hob_plan) ---- */

/* The items of a whole configuration: points, bindings, thermostats, and the board's own. */
#define HOB_MAX_ITEMS (HOB_MAX_POINTS + HOB_MAX_BINDINGS + HOB_MAX_THERMOSTATS + 1)
/* No point, no pin. */
#define HOB_NONE HOB_NO_PIN

enum hob_boot { HOB_BOOT_OFF = 0, HOB_BOOT_ON, HOB_BOOT_RESTORE };
enum hob_role { HOB_ROLE_BUTTON = 0, HOB_ROLE_CONTACT };

/* Times in ms; 0 means none, except where a default is named in docs/wire.md. */
struct hob_output_config {
    uint32_t off_after;
    uint32_t max_on;
    uint32_t lease;
    uint32_t interlock_wait;
    uint32_t min_off; /* of a relay */
    uint32_t group; /* hash of the interlock group's name, 0 for none */
    uint32_t fade;
    uint16_t freq;  /* Hz */
    uint16_t gamma; /* exponent * 1000 */
    uint16_t min;   /* per mille */
    uint16_t count; /* pixels */
    uint8_t order[3]; /* colour (0 r, 1 g, 2 b) at each place on the wire */
    uint8_t boot;
    bool inverted;
};

struct hob_input_config {
    uint16_t debounce;
    uint16_t double_within;
    uint16_t hold_after;
    uint8_t pull;
    uint8_t role;
    bool active_low;
    bool detect_double;
    bool detect_hold;
};

/* What a temperature may be told to be. All are in thousandths of a degree Celsius. */
#define HOB_MIN_TEMP (-55000)
#define HOB_MAX_TEMP 125000

struct hob_sensor_config {
    uint32_t every;  /* ms */
    int32_t offset;  /* this and the next two of a sensor that measures temperature */
    int32_t low;     /* plausible, inclusive */
    int32_t high;
    uint32_t r25;    /* ohm; of an NTC, as the next two */
    uint32_t series; /* ohm */
    uint16_t beta;   /* kelvin */
    uint8_t type;    /* enum hob_sensor_kind */
    uint8_t addr;    /* of an SHT3x */
};

struct hob_point_config {
    char name[HOB_NAME_SIZE];
    uint8_t kind; /* enum hob_kind; HOB_KIND_NONE: no point here */
    uint8_t pin;  /* HOB_NONE of a sensor without one */
    union {
        struct hob_output_config out;
        struct hob_input_config in;
        struct hob_sensor_config sensor;
    };
};

enum hob_gesture_event {
    HOB_PRESS = 1,
    HOB_DOUBLE = 2,
    HOB_HOLD = 4,
    HOB_RELEASE = 8
};

enum hob_do { HOB_DO_ON = 0, HOB_DO_OFF, HOB_DO_SET, HOB_DO_TOGGLE, HOB_DO_PULSE, HOB_DO_PLAN };

struct hob_binding {
    uint16_t level;
    uint8_t button; /* index of a point */
    uint8_t target;
    uint8_t on; /* enum hob_gesture_event */
    uint8_t act; /* enum hob_do */
};

/* The board's own item. pin is HOB_NONE when there is no status LED. */
struct hob_led_config {
    uint8_t pin;
    bool inverted;
};

/* No temperature: nothing is to be held, or nothing was measured. */
#define HOB_NO_TEMP INT32_MIN

struct hob_thermostat_config {
    uint32_t min_on;    /* ms, as the next two */
    uint32_t min_off;
    uint32_t lost;      /* the greatest age of a sample to act on */
    int32_t low;        /* what a target may be */
    int32_t high;
    int32_t hysteresis; /* the whole width of the band around the target */
    int32_t frost;      /* HOB_NO_TEMP for none, as the next one */
    int32_t fallback;
    uint8_t relay;      /* index of a point, as the next one */
    uint8_t sensor;
    bool cools;
};

/* The pins of the I2C bus, both HOB_NONE when there is none. */
struct hob_i2c_config {
    uint8_t sda;
    uint8_t scl;
};

/* A configuration that passed every check; bindings name points by index here. */
struct hob_plan {
    struct hob_point_config points[HOB_MAX_POINTS];
    struct hob_binding bindings[HOB_MAX_BINDINGS];
    struct hob_thermostat_config thermostats[HOB_MAX_THERMOSTATS];
    uint8_t kept[HOB_MAX_THERMOSTATS]; /* which of the board's each one was; HOB_NONE: it is new */
    uint8_t thermostat_count;
    struct hob_led_config led;
    struct hob_i2c_config i2c;
    uint8_t point_count;
    uint8_t binding_count;
    uint8_t slots[HOB_MAX_POINTS]; /* which point of the board each one became */
    char groups[HOB_MAX_POINTS][HOB_NAME_SIZE];
    uint8_t group_count;
    uint8_t pwm_count;
    uint8_t strip_count;
    bool has_board; /* the board's own item was seen */
    uint64_t pins;  /* bit n: pin n has an owner */
};

/* ---- points ---- */

enum hob_cause {
    HOB_CAUSE_BOOT = 0,
    HOB_CAUSE_CONFIG,
    HOB_CAUSE_COMMAND,
    HOB_CAUSE_BINDING,
    HOB_CAUSE_INPUT,
    HOB_CAUSE_OFF_AFTER,
    HOB_CAUSE_MAX_ON,
    HOB_CAUSE_LEASE,
    HOB_CAUSE_INTERLOCK,
    HOB_CAUSE_SENSOR,
    HOB_CAUSE_THERMOSTAT
};

/* hob_output, hob_light. Levels in "shown" are per mille times 256. */
struct hob_output {
    uint64_t on_since;    /* went on; max_on counts from here */
    uint64_t on_again;    /* was last told to be on; off_after counts from here */
    uint64_t off_since;   /* became dark; interlocks and min_off count from here */
    uint64_t pulse_until; /* a pulse is under way and ends then; 0: none */
    uint64_t lease_until;
    uint64_t fade_start;
    uint32_t fade_time;   /* 0: no fade under way */
    uint32_t fade_from;
    uint32_t shown;       /* what the pin shows now */
    uint16_t duty;        /* last written to the pin */
    uint16_t level;       /* target, 0 when off; a relay has 0 or 1000 */
    uint16_t last_level;  /* last one above zero, 0 if there was none */
    uint8_t rgb[3];
    uint8_t pixel[3];     /* last written to the strip */
    bool pulse_alone;     /* the session that asked for the pulse is gone */
};

/* hob_gesture */
struct hob_gesture {
    uint64_t at;
    uint8_t stage;
};

/* hob_input. true means active. */
struct hob_input {
    uint64_t since; /* raw has had its level since then */
    uint64_t sampled; /* when raw was last read */
    struct hob_gesture gesture;
    uint32_t events; /* since boot */
    bool raw;
    bool stable; /* debounced */
    bool settled; /* stable is to be believed */
};

enum hob_sensor_fault {
    HOB_SENSOR_OK = 0,
    HOB_SENSOR_NO_ANSWER, /* nothing, or nothing that is a number */
    HOB_SENSOR_CHECKSUM,
    HOB_SENSOR_RANGE      /* outside of what is plausible */
};

/* hob_sensor. What was measured is of the newest good sample, whatever came after it. */
struct hob_sensor {
    uint64_t started;  /* the measurement under way, or the last one; else when it was set up */
    uint64_t due;      /* next thing to do */
    int64_t sampled;   /* uptime; of a fed one, below 0 if the board was not running yet */
    int64_t value;     /* thousandths of a degree, millivolts, or edges */
    int32_t humidity;  /* thousandths of a percent */
    uint8_t fault;     /* enum hob_sensor_fault, of the newest sample */
    uint8_t strikes;   /* implausible ones since the last good one */
    bool measuring;
    bool valid;        /* there was a good sample */
};

struct hob_point {
    struct hob_point_config config;
    uint64_t up;  /* took its value then */
    uint64_t cmd; /* with HOB_CAUSE_COMMAND: the id, 0 if it was in an older session */
    uint8_t cause;
    uint8_t by; /* with HOB_CAUSE_BINDING: index of the button, HOB_NONE if gone */
    bool dirty; /* has a value that the session has not been told */
    union {
        struct hob_output out;
        struct hob_input in;
        struct hob_sensor sensor;
    };
};

/* What an input must be for a pulse to start. */
struct hob_condition {
    uint16_t age;  /* ms since it was last looked at, at most */
    uint8_t point; /* index; HOB_NONE while a command names no point of this board */
    bool is;
};

#define HOB_MAX_CONDITIONS 4

/* How far a request has come (hob_interlock). */
enum hob_wait_stage {
    HOB_WAIT_FREE = 0,
    HOB_WAITING,
    HOB_WAIT_WARN,  /* its warning is on; the pulse comes after that */
    HOB_WAIT_PULSE, /* its pulse is under way; the result comes when that ends */
    HOB_WAIT_DONE, /* this one and the following have a result to send */
    HOB_WAIT_SUPERSEDED,
    HOB_WAIT_CANCELLED,
    HOB_WAIT_EXPIRED,
    HOB_WAIT_CONDITION, /* a condition did not hold when the pulse was to start */
    HOB_WAIT_DISTURBED, /* an input changed during the warning */
    HOB_WAIT_UNHEARD,   /* nothing was heard of the server when the warning ended */
    HOB_WAIT_UNWARNED,  /* the warning, or the pulse after it, could not go on or stay on */
    HOB_WAIT_CUT        /* the pulse was ended before its time */
};

/*
 * What an output is asked to do (hob_output, hob_interlock), and while it waits,
 * warns or pulses: where it stands.
 */
struct hob_request {
    uint64_t cmd;   /* with HOB_CAUSE_COMMAND; 0 once the session is gone that sent it */
    uint64_t until; /* deadline of a command, others have none; in HOB_WAIT_WARN its end */
    uint16_t level; /* 0 is off */
    uint16_t pulse; /* of a relay: off again after so many ms; 0: stays on */
    uint8_t cause;  /* enum hob_cause */
    uint8_t by;     /* with HOB_CAUSE_BINDING */
    uint8_t point;  /* index of the output, once it waits */
    uint8_t stage;  /* enum hob_wait_stage */
    union {
        struct { /* without pulse: how it changes */
            uint32_t fade;
            uint8_t rgb[3];
            bool has_rgb;
        };
        struct { /* with pulse: what comes before it, and must hold when it starts */
            uint16_t warn_ms; /* 0: no warning */
            uint8_t warn;     /* index of the output that is on for warn_ms and the pulse */
            uint8_t pre_count;
            struct hob_condition pre[HOB_MAX_CONDITIONS];
        };
    };
};

/* No output waits twice, or waits while it pulses. */
#define HOB_MAX_WAITS HOB_MAX_POINTS

/*
 * hob_interlock: when an output that has left its group was lit last. The last
 * entry stands for all groups that found no place.
 */
struct hob_left {
    uint64_t off_since;
    uint32_t group; /* 0: unused */
};

#define HOB_MAX_LEFT 8

/* ---- thermostats (hob_thermostat, hob_watch, hob_climate) ---- */

enum hob_phase {
    HOB_PHASE_ACTIVE = 0, /* the relay is on */
    HOB_PHASE_IDLE,
    HOB_PHASE_WAIT,   /* would be on, but for min_off or an interlock; or no sample can be there yet */
    HOB_PHASE_OFF,    /* nothing is to be held */
    HOB_PHASE_LOST,   /* no good sample for too long */
    HOB_PHASE_RANGE,  /* beyond the range's end, or implausible readings */
    HOB_PHASE_LOCKED
};

enum hob_source { HOB_SOURCE_NONE = 0, HOB_SOURCE_PLAN, HOB_SOURCE_FALLBACK, HOB_SOURCE_FROST };

enum hob_climate_warning { HOB_WARNS_OF_NOTHING = 0, HOB_WARNS_NO_RISE, HOB_WARNS_STUCK };

struct hob_segment {
    uint32_t from; /* ms after the schedule's base */
    int32_t to;    /* HOB_NO_TEMP: nothing but frost */
};

/* A plan of the server, in the board's time. */
struct hob_schedule {
    uint64_t base; /* uptime at which it came */
    uint32_t end;  /* ms after it */
    uint8_t count; /* 0: there is none */
    bool locked;   /* off whatever happens; outlives a boot */
    char id[HOB_PLAN_SIZE];
    struct hob_segment segments[HOB_MAX_SEGMENTS];
};

/* What a thermostat does and why, as it is told. */
struct hob_control {
    int32_t target; /* HOB_NO_TEMP: none */
    int32_t temp;   /* HOB_NO_TEMP: none that can be acted on */
    uint8_t phase;  /* enum hob_phase */
    uint8_t source; /* enum hob_source */
    uint8_t warning; /* enum hob_climate_warning */
};

struct hob_watch {
    uint64_t marked_at;
    int32_t mark;     /* progress then */
    uint8_t quarters; /* of an hour in a row in which it was stuck */
    uint8_t warning;  /* enum hob_climate_warning */
    bool watching;
    bool on;          /* the relay, when last looked at */
    bool cooled;      /* it has been off for the first quarter of an hour */
};

struct hob_thermostat {
    uint64_t due; /* next thing to decide */
    struct hob_thermostat_config config;
    struct hob_control control;
    struct hob_watch watch;
    struct hob_schedule schedule;
    bool lock_stored; /* that it is locked, as the newest record says */
    bool used;
};

/* ---- settings ---- */

enum hob_record { HOB_RECORD_KEYS = 0, HOB_RECORD_CONFIG, HOB_RECORD_STATE, HOB_RECORD_COUNT };

/* hob_store: what is known about one pair of slots. */
struct hob_record_state {
    uint32_t seq;
    uint8_t newest; /* 0 or 1, HOB_NONE if neither slot is good */
    bool doubtful;  /* a slot could not be read: what it holds may be newer */
};

/* Digits of a setup code, without dashes and terminator. */
#define HOB_CODE_LEN 26u

/* hob_keys */
struct hob_keys {
    uint8_t current[HOB_KEY_LEN];
    uint8_t next[HOB_KEY_LEN];
    char code[HOB_CODE_LEN + 1];
    bool has_current;
    bool has_next;
    bool has_code;
    bool unread;             /* the slots could not be read at boot: to be tried again */
    uint8_t scrubs;          /* writes still to be made until no slot has an older key */
    uint64_t scrub_at;
    uint64_t adoption_until; /* 0: closed */
};

/* hob_staging: a configuration on its way in, laid out as its record will be. */
struct hob_staging {
    uint8_t record[HOB_MAX_RECORD];
    size_t used; /* bytes of record in use */
    size_t text; /* bytes of items with line ends */
    char rev[HOB_REV_SIZE];
    uint8_t sha256[HOB_HASH_LEN];
    uint32_t expected;
    uint32_t count;
    bool open;
    uint8_t error; /* enum hob_fault, the first that was met */
    uint32_t error_item;
};

/* hob_restore */
struct hob_restore {
    bool dirty;
    uint64_t dirty_since;
    uint64_t written;
    bool ever_written;
};

/* ---- the link (hob_session) ---- */

enum hob_conn_stage {
    HOB_CONN_FREE = 0,
    HOB_CONN_MESSAGE_1,
    HOB_CONN_FIRST_FRAME, /* shook hands; nothing has decrypted yet */
    HOB_CONN_HELLO,       /* is the session; the server's hello is still to come */
    HOB_CONN_LIVE
};

enum hob_key_used { HOB_KEY_NEXT = 0, HOB_KEY_CURRENT, HOB_KEY_ADOPTION };

struct hob_conn {
    uint64_t opened; /* by the peer; of a session: as a session */
    uint64_t heard;  /* the last message that was in order */
    struct hob_noise noise;
    uint8_t stage;
    uint8_t key; /* enum hob_key_used */
};

/* hob_led */
struct hob_led {
    struct hob_led_config config;
    bool lit;
    uint64_t identify_until;
};

/* ---- updates (hob_update) ---- */

/* The longest part of an image, in bytes. */
#define HOB_MAX_PART 2048u

/* What a server says of an image, and what is signed of it. */
struct hob_image {
    char chip[12]; /* longer than any chip's name: a frame with a longer one is none */
    char fw[32];
    uint32_t size;
    uint16_t security;
    uint8_t sha256[HOB_HASH_LEN];
    uint8_t signature[HOB_SIGNATURE_LEN];
};

enum hob_update_stage {
    HOB_UPDATE_NONE = 0,
    HOB_UPDATE_RECEIVING,
    HOB_UPDATE_CHECKING, /* all of it is stored; it is read back */
    HOB_UPDATE_READY     /* it is booted next */
};

struct hob_update {
    struct hob_image image;
    struct hob_sha256 hash;
    uint64_t trial_until; /* 0: what runs is not on trial */
    uint64_t keep_at;     /* no sooner, after a failure to store that it is kept */
    uint32_t next; /* where the next part goes */
    uint32_t read;
    uint8_t stage; /* enum hob_update_stage */
    bool waiting;  /* a part was turned away because of a pulse */
    bool hashing;
};

struct hob_board {
    struct hob_options options;
    const struct hob_port *port;
    const hob_chip *chip;
    uint64_t now;
    uint64_t ticked; /* when outputs and inputs were last looked at */
    char boot[9];
    bool network;
    bool config_refused;
    bool config_hashed; /* hob_staging: config_sha256 is that of the items in force */
    char rev[HOB_REV_SIZE];
    uint8_t config_sha256[HOB_HASH_LEN];

    struct hob_point points[HOB_MAX_POINTS];
    struct hob_binding bindings[HOB_MAX_BINDINGS];
    uint8_t binding_count;
    struct hob_request waits[HOB_MAX_WAITS];
    struct hob_left left[HOB_MAX_LEFT];
    struct hob_led led;
    struct hob_i2c_config i2c;
    struct hob_thermostat thermostats[HOB_MAX_THERMOSTATS];

    struct hob_record_state records[HOB_RECORD_COUNT];
    struct hob_keys keys;
    struct hob_staging staging;
    struct hob_restore restore;
    struct hob_update update;

    struct hob_conn conns[HOB_MAX_CONNS];
    uint8_t session; /* the connection that is the session, HOB_NONE if there is none */
    uint64_t last_cmd;
    uint64_t failure_logged_at; /* hob_session: a failed handshake; 0: none was */
    uint64_t stats_at;
    uint64_t unix_offset; /* wall time minus uptime, 0 if not known */
    struct hob_counters counters;
};

/*
 * Memory for the duration of one call, in two halves, because what is received,
 * understood, done and answered follow one another:
 *   in:  the text of a frame until it is decoded, then the text of each answer
 *   out: a checked configuration until it is applied, a small record until it is
 *        stored; or the sealed form of an answer
 * So nothing is sent while a configuration is being applied.
 */
struct hob_scratch {
    union {
        uint8_t text[HOB_MAX_FRAME + 1];
        uint8_t record[2048]; /* at boot: the values to restore */
    } in;
    union {
        uint8_t sealed[HOB_MAX_MESSAGE];
        struct hob_plan plan;
        uint8_t record[2048];
    } out;
    struct hob_json_token tokens[256];
};

#endif
