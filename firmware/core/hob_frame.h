/*
 * hob_frame: decodes the frames that a server sends, and checks their shape.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_FRAME_H
#define HOB_FRAME_H

#include "hob_board.h"

/* The greatest number that every JSON reader holds exactly: 2^53 - 1. */
#define HOB_MAX_NUMBER 9007199254740991

enum hob_frame_type {
    HOB_FRAME_HELLO = 0,
    HOB_FRAME_PING,
    HOB_FRAME_CONFIG_BEGIN,
    HOB_FRAME_CONFIG_ITEM,
    HOB_FRAME_CONFIG_COMMIT,
    HOB_FRAME_COMMAND,
    HOB_FRAME_CANCEL,
    HOB_FRAME_RENEW,
    HOB_FRAME_FEED,
    HOB_FRAME_ADOPT,
    HOB_FRAME_ROTATE,
    HOB_FRAME_FORGET,
    HOB_FRAME_IDENTIFY,
    HOB_FRAME_RESTART,
    HOB_FRAME_TIME,
    HOB_FRAME_UPDATE_BEGIN,
    HOB_FRAME_UPDATE_PART,
    HOB_FRAME_COUNT
};

struct hob_command {
    uint64_t id;
    uint64_t until;
    char point[HOB_NAME_SIZE]; /* "" if it can be the name of no point */
    const char *bad;  /* the member with a value that is to be refused, or NULL; static */
    uint32_t fade;
    uint16_t level;
    uint8_t rgb[3];
    uint8_t act; /* enum hob_do, without toggle */
    bool has_level;
    bool has_rgb;
    bool has_fade;
    uint16_t pulse; /* ms; 0 if it was not given */
    uint32_t gap;   /* ms */
    uint16_t warn_ms; /* 0 if it was not given */
    uint8_t warn;     /* index of a point; HOB_NONE if it names none of this board */
    bool has_warn;
    uint8_t pre_count;
    struct hob_condition pre[HOB_MAX_CONDITIONS];
    struct hob_schedule plan; /* based on the present */
};

struct hob_frame {
    enum hob_frame_type type;
    union {
        uint64_t number; /* hello and time: unix; ping: n; cancel: id; identify: for */
        uint8_t key[HOB_KEY_LEN]; /* adopt, rotate */
        struct {
            uint32_t items;
            char rev[HOB_REV_SIZE];
            uint8_t sha256[HOB_HASH_LEN];
        } config; /* commit has only rev */
        struct {
            uint32_t n;
            size_t len;
            const char *text; /* within the text that was decoded */
        } item;
        struct {
            uint64_t points; /* bit i: the point with index i */
            uint64_t until;
        } renew;
        struct {
            uint64_t age; /* ms since it was sampled */
            uint64_t until;
            int64_t value;
            uint8_t point; /* index; HOB_NONE if it is none, or there is no value */
        } feed;
        struct hob_command command;
        struct hob_image image;
        struct {
            uint64_t at;
            size_t len;
            const char *text; /* base64, within the text that was decoded */
        } part;
    };
    int64_t proto; /* hello */
};

/*
 * Decodes len bytes of text. Names of points are looked up in b; renew leaves
 * out those that are not outputs. HOB_OK, or the error that ends the session:
 * what hob_json_parse gives, HOB_ERR_MISSING, HOB_ERR_TYPE, HOB_ERR_RANGE,
 * HOB_ERR_VALUE, HOB_ERR_UNKNOWN for an unknown t.
 */
int hob_frame_decode(const struct hob_board *b, const char *text, size_t len,
                     struct hob_json_token *tokens, size_t token_cap, struct hob_frame *out);

/* Its part for a command "plan"; what is to be refused is in c->bad. */
int hob_frame_decode_plan(const struct hob_json *d, struct hob_command *c, uint64_t now);

#endif
