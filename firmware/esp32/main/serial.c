/*
 * Provisioning over the cable, on the UART of the console and on the chip's own
 * USB port where it has one: hob_serial.h understands the lines. The log comes out
 * of the same ports; an answer that it has garbled is asked for again.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_serial.h"

#include <string.h>

#include "app.h"
#include "board.h"
#include "driver/uart.h"
#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"
#include "soc/soc_caps.h"

#define STACK 4096u
#define PRIORITY 4
#define BUFFER 1280
#define LOOK_MS 20

#if CONFIG_ESP_CONSOLE_UART_NUM >= 0 && CONFIG_ESP_CONSOLE_UART
#define HAS_UART 1
#define UART ((uart_port_t)CONFIG_ESP_CONSOLE_UART_NUM)
#else
#define HAS_UART 0
#endif

#if SOC_USB_SERIAL_JTAG_SUPPORTED
#include "driver/usb_serial_jtag.h"
#endif

/* ---- what is asked for ---- */

struct about {
    char code[HOB_SETUP_CODE_SIZE];
    struct hob_wifi wifi;
    bool adopted;
};

static struct about about; /* of this task alone; strings of an answer point here */

static void read_about(struct hob_board *board, uint64_t now_ms, void *ctx)
{
    struct hob_status status;
    struct about *a = ctx;
    hob_get_status(board, &status, now_ms);
    a->adopted = status.adopted;
    if (!status.adoption_open || hob_setup_code(board, a->code) < 0)
        a->code[0] = '\0';
}

static void describe(void *ctx, struct hob_serial_board *out)
{
    (void)ctx;
    app_board_call(read_about, &about);
    app_settings_wifi(&about.wifi);
    hob_wipe(about.wifi.password, sizeof about.wifi.password);
    *out = (struct hob_serial_board){.id = app_id(),
                                     .chip = app_chip(),
                                     .fw = app_fw(),
                                     .code = about.code,
                                     .ssid = about.wifi.ssid,
                                     .adopted = about.adopted,
                                     .wifi = net_has_wifi(),
                                     .online = net_online()};
}

static int join(void *ctx, const struct hob_wifi *wifi)
{
    (void)ctx;
    return net_join(wifi);
}

struct key_call {
    const uint8_t *key;
    int result;
};

static void call_set_key(struct hob_board *board, uint64_t now_ms, void *ctx)
{
    struct key_call *c = ctx;
    c->result = hob_set_key(board, c->key, now_ms);
}

static int set_key(void *ctx, const uint8_t key[HOB_KEY_LEN])
{
    struct key_call c = {key, HOB_OK};
    (void)ctx;
    app_board_call(call_set_key, &c);
    return c.result;
}

static void call_reset(struct hob_board *board, uint64_t now_ms, void *ctx)
{
    board_factory_reset(board, now_ms, ctx);
}

static int reset(void *ctx)
{
    int result = HOB_OK;
    (void)ctx;
    app_board_call(call_reset, &result);
    return result;
}

/* ---- the ports ---- */

struct port {
    struct hob_serial_line line;
    int (*read)(uint8_t *buf, size_t cap);
    void (*write)(const char *text, size_t len);
};

#if HAS_UART
static int read_uart(uint8_t *buf, size_t cap)
{
    return uart_read_bytes(UART, buf, (uint32_t)cap, pdMS_TO_TICKS(LOOK_MS));
}

static void write_uart(const char *text, size_t len)
{
    (void)uart_write_bytes(UART, text, len);
}
#endif

#if SOC_USB_SERIAL_JTAG_SUPPORTED
static int read_usb(uint8_t *buf, size_t cap)
{
    return usb_serial_jtag_read_bytes(buf, (uint32_t)cap, pdMS_TO_TICKS(LOOK_MS));
}

/* Nobody may be reading. */
static void write_usb(const char *text, size_t len)
{
    (void)usb_serial_jtag_write_bytes(text, len, pdMS_TO_TICKS(200));
}
#endif

static struct port ports[] = {
#if HAS_UART
    {.read = read_uart, .write = write_uart},
#endif
#if SOC_USB_SERIAL_JTAG_SUPPORTED
    {.read = read_usb, .write = write_usb},
#endif
};

static void hear(struct port *p)
{
    static const struct hob_serial_host host = {NULL, describe, join, set_key, reset};
    static char answer[HOB_SERIAL_MAX + 3];
    uint8_t bytes[64];
    int n = p->read(bytes, sizeof bytes);
    for (int i = 0; i < n; i++) {
        if (!hob_serial_byte(&p->line, bytes[i]))
            continue;
        /* The line before may be one of the log, and not at its end yet. */
        answer[0] = '\n';
        int len = hob_serial_handle(&host, p->line.text, answer + 1, sizeof answer - 1);
        if (len > 0)
            p->write(answer, (size_t)len + 1);
    }
    hob_wipe(bytes, sizeof bytes);
}

static void run(void *arg)
{
    (void)arg;
    for (;;) {
        for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
            hear(&ports[i]);
        vTaskDelay(1);
    }
}

void app_serial_start(void)
{
    esp_err_t e = ESP_OK;
#if HAS_UART
    if (!uart_is_driver_installed(UART))
        e = uart_driver_install(UART, BUFFER, 0, 0, NULL, 0);
#endif
#if SOC_USB_SERIAL_JTAG_SUPPORTED
    usb_serial_jtag_driver_config_t config = {.tx_buffer_size = BUFFER, .rx_buffer_size = BUFFER};
    if (e == ESP_OK)
        e = usb_serial_jtag_driver_install(&config);
#endif
    if (e != ESP_OK || sizeof ports == 0 ||
        xTaskCreate(run, "serial", STACK, NULL, PRIORITY, NULL) != pdPASS)
        ESP_LOGE("hob", "no provisioning over the cable");
}
