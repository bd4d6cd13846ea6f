/*
 * Edges of inputs, on their way from the interrupt to the core. Each carries its own
 * time, so that it may wait until the board's task gets to it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "app.h"
#include "board.h"
#include "driver/gpio.h"
#include "esp_attr.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"

#define EDGES 64

struct edge {
    int64_t at_us;
    uint8_t pin;
    bool level;
};

static QueueHandle_t edges;
static TaskHandle_t reader;
static uint64_t lost_edges; /* bit n: one of pin n found no room; set by ISRs */
static portMUX_TYPE lost_lock = portMUX_INITIALIZER_UNLOCKED;

void edges_start(void)
{
    reader = xTaskGetCurrentTaskHandle();
    edges = xQueueCreate(EDGES, sizeof(struct edge));
    if (edges == NULL)
        abort();
}

void IRAM_ATTR app_board_edge_from_isr(uint8_t pin, bool level, int64_t at_us)
{
    struct edge edge = {at_us, pin, level};
    BaseType_t woken = pdFALSE;
    if (xQueueSendFromISR(edges, &edge, &woken) != pdTRUE) {
        portENTER_CRITICAL_ISR(&lost_lock);
        lost_edges |= 1ull << pin;
        portEXIT_CRITICAL_ISR(&lost_lock);
    }
    vTaskNotifyGiveFromISR(reader, &woken);
    portYIELD_FROM_ISR(woken);
}

static uint64_t take_lost(void)
{
    portENTER_CRITICAL(&lost_lock);
    uint64_t lost = lost_edges;
    lost_edges = 0;
    portEXIT_CRITICAL(&lost_lock);
    return lost;
}

/* After a burst with no room: what the pins are now. */
static void look_at(struct hob_board *board, uint64_t pins)
{
    for (uint8_t pin = 0; pin < GPIO_NUM_MAX; pin++) {
        if ((pins >> pin & 1u) != 0)
            hob_input_edge_at(board, pin, gpio_get_level((gpio_num_t)pin) == 1, app_now_ms(),
                              app_now_ms());
    }
}

/* What is beyond a queue's length is thrown away, or nothing else would get its turn. */
bool edges_take(struct hob_board *board)
{
    struct edge e;
    int n = 0;
    for (; n < EDGES && xQueueReceive(edges, &e, 0) == pdTRUE; n++)
        hob_input_edge_at(board, e.pin, e.level, (uint64_t)e.at_us / 1000u, app_now_ms());
    uint64_t lost = take_lost();
    if (n == EDGES) {
        (void)xQueueReset(edges);
        lost = UINT64_MAX;
    }
    look_at(board, lost);
    return n < EDGES;
}
