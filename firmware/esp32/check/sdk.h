/*
 * sdk: as much of ESP-IDF as esp32/main uses, declared for static checkers, which
 * run where there is no ESP-IDF. Nothing here is ever linked, run or tested with:
 * `make -C firmware/test lint` has every header of ESP-IDF stand for this file.
 * Types are as wide as the real ones need; values are not the real ones.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef CHECK_SDK_H
#define CHECK_SDK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/time.h>

/* ---- configuration ---- */

#define CONFIG_IDF_TARGET "esp32"
#define CONFIG_HOB_BOOT_PIN 0
#define CONFIG_HOB_UPDATE_KEY ""
#define CONFIG_HOB_SECURITY_VERSION 0
#define CONFIG_HOB_ETH_PHY_ADDR 1
#define CONFIG_HOB_ETH_PHY_POWER (-1)
#define CONFIG_ESP_CONSOLE_UART 1
#define CONFIG_ESP_CONSOLE_UART_NUM 0
#define CONFIG_LWIP_IPV6 1
#define CONFIG_HTTPD_WS_PRE_HANDSHAKE_CB_SUPPORT 1
#define CONFIG_HTTPD_WS_POST_HANDSHAKE_CB_SUPPORT 1
/* One of three; the checker says which. */
#ifndef CONFIG_HOB_NET_EMAC
#define CONFIG_HOB_NET_EMAC 0
#endif
#ifndef CONFIG_HOB_NET_OPENETH
#define CONFIG_HOB_NET_OPENETH 0
#endif
#define CONFIG_HOB_NET_WIFI (!CONFIG_HOB_NET_EMAC && !CONFIG_HOB_NET_OPENETH)

#define ESP_IDF_VERSION_VAL(major, minor, patch) ((major) << 16 | (minor) << 8 | (patch))
#ifndef ESP_IDF_VERSION
#define ESP_IDF_VERSION ESP_IDF_VERSION_VAL(5, 5, 0)
#endif
#ifndef CHECK_SMALL_CHIP
#define CHECK_SMALL_CHIP 0
#endif
#define SOC_TEMP_SENSOR_SUPPORTED CHECK_SMALL_CHIP
#define SOC_USB_SERIAL_JTAG_SUPPORTED CHECK_SMALL_CHIP
#define SOC_PCNT_SUPPORTED (!CHECK_SMALL_CHIP)
#define SOC_LEDC_SUPPORT_HS_MODE (!CHECK_SMALL_CHIP)
#define ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED CHECK_SMALL_CHIP
#define SOC_LEDC_CHANNEL_NUM 8
#define SOC_RMT_MEM_WORDS_PER_CHANNEL 64
#define SOC_ADC_CHANNEL_NUM(unit) ((unit) == 0 ? 8 : 10)

/* ---- the system ---- */

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL (-1)
#define ESP_ERR_NO_MEM 0x101
#define ESP_ERR_INVALID_STATE 0x103
const char *esp_err_to_name(esp_err_t e);
void check_abort(esp_err_t e) __attribute__((noreturn));
#define ESP_ERROR_CHECK(x)         \
    do {                           \
        esp_err_t check_e_ = (x);  \
        if (check_e_ != ESP_OK)    \
            check_abort(check_e_); \
    } while (0)
#define IRAM_ATTR

void check_log(int level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define ESP_LOGE(tag, ...) check_log(1, tag, __VA_ARGS__)
#define ESP_LOGW(tag, ...) check_log(2, tag, __VA_ARGS__)
#define ESP_LOGI(tag, ...) check_log(3, tag, __VA_ARGS__)

void esp_restart(void) __attribute__((noreturn));
uint32_t esp_get_free_heap_size(void);
uint32_t esp_get_minimum_free_heap_size(void);
typedef enum {
    ESP_RST_UNKNOWN, ESP_RST_POWERON, ESP_RST_EXT, ESP_RST_SW, ESP_RST_PANIC, ESP_RST_INT_WDT,
    ESP_RST_TASK_WDT, ESP_RST_WDT, ESP_RST_BROWNOUT
} esp_reset_reason_t;
esp_reset_reason_t esp_reset_reason(void);
typedef enum { ESP_MAC_BASE } esp_mac_type_t;
esp_err_t esp_read_mac(uint8_t *mac, esp_mac_type_t type);
uint32_t esp_random(void);
void esp_fill_random(void *buf, size_t len);
void bootloader_random_enable(void);
void bootloader_random_disable(void);
void esp_rom_delay_us(uint32_t us);
typedef struct {
    char version[32];
    char date[16];
} esp_app_desc_t;
const esp_app_desc_t *esp_app_get_description(void);

int64_t esp_timer_get_time(void);
typedef struct esp_timer *esp_timer_handle_t;
typedef struct {
    void (*callback)(void *arg);
    void *arg;
    const char *name;
} esp_timer_create_args_t;
esp_err_t esp_timer_create(const esp_timer_create_args_t *args, esp_timer_handle_t *out);
esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t us);
esp_err_t esp_timer_stop(esp_timer_handle_t timer);

/* ---- FreeRTOS ---- */

typedef int BaseType_t;
typedef unsigned UBaseType_t;
typedef uint32_t TickType_t;
typedef struct tskTaskControlBlock *TaskHandle_t;
typedef struct QueueDefinition *QueueHandle_t;
typedef QueueHandle_t SemaphoreHandle_t;
typedef struct {
    uint32_t owner;
} portMUX_TYPE;
#define portMUX_INITIALIZER_UNLOCKED {0}
#define pdTRUE 1
#define pdFALSE 0
#define pdPASS 1
#define portMAX_DELAY UINT32_MAX
#define pdMS_TO_TICKS(ms) ((TickType_t)(ms))
void portENTER_CRITICAL(portMUX_TYPE *mux);
void portEXIT_CRITICAL(portMUX_TYPE *mux);
void portENTER_CRITICAL_ISR(portMUX_TYPE *mux);
void portEXIT_CRITICAL_ISR(portMUX_TYPE *mux);
void portYIELD_FROM_ISR(BaseType_t woken);
BaseType_t xTaskCreate(void (*run)(void *), const char *name, uint32_t stack, void *arg,
                       UBaseType_t priority, TaskHandle_t *out);
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(TickType_t ticks);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
TaskHandle_t xTaskGetHandle(const char *name);
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
QueueHandle_t xQueueCreate(UBaseType_t count, UBaseType_t size);
void vQueueDelete(QueueHandle_t queue);
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks);
BaseType_t xQueueSendFromISR(QueueHandle_t queue, const void *item, BaseType_t *woken);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks);
BaseType_t xQueueReset(QueueHandle_t queue);
UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue);
SemaphoreHandle_t xSemaphoreCreateMutex(void);
SemaphoreHandle_t xSemaphoreCreateBinary(void);
BaseType_t xSemaphoreTake(SemaphoreHandle_t s, TickType_t ticks);
BaseType_t xSemaphoreGive(SemaphoreHandle_t s);
esp_err_t esp_task_wdt_add(TaskHandle_t task);
esp_err_t esp_task_wdt_reset(void);

/* ---- settings and slots ---- */

typedef uint32_t nvs_handle_t;
typedef enum { NVS_READONLY, NVS_READWRITE } nvs_open_mode_t;
#define ESP_ERR_NVS_NOT_FOUND 0x1102
esp_err_t nvs_flash_init(void);
esp_err_t nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *out);
esp_err_t nvs_get_blob(nvs_handle_t h, const char *key, void *out, size_t *len);
esp_err_t nvs_set_blob(nvs_handle_t h, const char *key, const void *data, size_t len);
esp_err_t nvs_erase_key(nvs_handle_t h, const char *key);
esp_err_t nvs_commit(nvs_handle_t h);

typedef enum {
    ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
    ESP_PARTITION_SUBTYPE_APP_OTA_MAX = 0x20
} esp_partition_subtype_t;
typedef struct {
    esp_partition_subtype_t subtype;
    uint32_t size;
} esp_partition_t;
typedef uint32_t esp_ota_handle_t;
typedef enum { ESP_OTA_IMG_UNDEFINED, ESP_OTA_IMG_PENDING_VERIFY } esp_ota_img_states_t;
#define OTA_WITH_SEQUENTIAL_WRITES 0xfffffffeu
esp_err_t esp_partition_read(const esp_partition_t *p, size_t at, void *out, size_t len);
esp_err_t esp_ota_begin(const esp_partition_t *p, size_t size, esp_ota_handle_t *out);
esp_err_t esp_ota_write(esp_ota_handle_t h, const void *data, size_t len);
esp_err_t esp_ota_end(esp_ota_handle_t h);
esp_err_t esp_ota_abort(esp_ota_handle_t h);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *p);
const esp_partition_t *esp_ota_get_running_partition(void);
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *from);
esp_err_t esp_ota_get_state_partition(const esp_partition_t *p, esp_ota_img_states_t *out);
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);

/* ---- pins ---- */

typedef int gpio_num_t;
#define GPIO_NUM_MAX 40
typedef enum { GPIO_MODE_INPUT, GPIO_MODE_OUTPUT, GPIO_MODE_INPUT_OUTPUT_OD } gpio_mode_t;
typedef enum { GPIO_PULLUP_DISABLE, GPIO_PULLUP_ENABLE } gpio_pullup_t;
typedef enum { GPIO_PULLDOWN_DISABLE, GPIO_PULLDOWN_ENABLE } gpio_pulldown_t;
typedef enum { GPIO_INTR_DISABLE, GPIO_INTR_NEGEDGE, GPIO_INTR_ANYEDGE } gpio_int_type_t;
typedef struct {
    uint64_t pin_bit_mask;
    gpio_mode_t mode;
    gpio_pullup_t pull_up_en;
    gpio_pulldown_t pull_down_en;
    gpio_int_type_t intr_type;
} gpio_config_t;
esp_err_t gpio_config(const gpio_config_t *config);
esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level);
int gpio_get_level(gpio_num_t pin);
esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode);
esp_err_t gpio_install_isr_service(int flags);
esp_err_t gpio_isr_handler_add(gpio_num_t pin, void (*handler)(void *), void *arg);
esp_err_t gpio_isr_handler_remove(gpio_num_t pin);

typedef enum { LEDC_HIGH_SPEED_MODE, LEDC_LOW_SPEED_MODE } ledc_mode_t;
typedef int ledc_channel_t;
typedef int ledc_timer_t;
typedef int ledc_timer_bit_t;
typedef enum { LEDC_AUTO_CLK } ledc_clk_cfg_t;
typedef struct {
    ledc_mode_t speed_mode;
    ledc_timer_bit_t duty_resolution;
    ledc_timer_t timer_num;
    uint32_t freq_hz;
    ledc_clk_cfg_t clk_cfg;
} ledc_timer_config_t;
typedef struct {
    int gpio_num;
    ledc_mode_t speed_mode;
    ledc_channel_t channel;
    ledc_timer_t timer_sel;
    uint32_t duty;
} ledc_channel_config_t;
esp_err_t ledc_timer_config(const ledc_timer_config_t *config);
esp_err_t ledc_channel_config(const ledc_channel_config_t *config);
esp_err_t ledc_set_duty(ledc_mode_t mode, ledc_channel_t channel, uint32_t duty);
esp_err_t ledc_update_duty(ledc_mode_t mode, ledc_channel_t channel);
esp_err_t ledc_stop(ledc_mode_t mode, ledc_channel_t channel, uint32_t idle);

typedef struct rmt_channel_t *rmt_channel_handle_t;
typedef struct rmt_encoder_t *rmt_encoder_handle_t;
typedef enum { RMT_CLK_SRC_DEFAULT } rmt_clock_source_t;
typedef union {
    struct {
        uint16_t duration0 : 15;
        uint16_t level0 : 1;
        uint16_t duration1 : 15;
        uint16_t level1 : 1;
    };
    uint32_t val;
} rmt_symbol_word_t;
typedef struct {
    gpio_num_t gpio_num;
    rmt_clock_source_t clk_src;
    uint32_t resolution_hz;
    size_t mem_block_symbols;
    size_t trans_queue_depth;
} rmt_tx_channel_config_t;
typedef struct {
    gpio_num_t gpio_num;
    rmt_clock_source_t clk_src;
    uint32_t resolution_hz;
    size_t mem_block_symbols;
} rmt_rx_channel_config_t;
typedef struct {
    int loop_count;
} rmt_transmit_config_t;
typedef struct {
    uint32_t signal_range_min_ns;
    uint32_t signal_range_max_ns;
} rmt_receive_config_t;
typedef struct {
    rmt_symbol_word_t bit0;
    rmt_symbol_word_t bit1;
    struct {
        uint32_t msb_first : 1;
    } flags;
} rmt_bytes_encoder_config_t;
typedef struct {
    rmt_symbol_word_t *received_symbols;
    size_t num_symbols;
} rmt_rx_done_event_data_t;
typedef struct {
    bool (*on_recv_done)(rmt_channel_handle_t c, const rmt_rx_done_event_data_t *data, void *ctx);
} rmt_rx_event_callbacks_t;
esp_err_t rmt_new_tx_channel(const rmt_tx_channel_config_t *config, rmt_channel_handle_t *out);
esp_err_t rmt_new_rx_channel(const rmt_rx_channel_config_t *config, rmt_channel_handle_t *out);
esp_err_t rmt_new_bytes_encoder(const rmt_bytes_encoder_config_t *config, rmt_encoder_handle_t *out);
esp_err_t rmt_del_encoder(rmt_encoder_handle_t e);
esp_err_t rmt_enable(rmt_channel_handle_t c);
esp_err_t rmt_disable(rmt_channel_handle_t c);
esp_err_t rmt_del_channel(rmt_channel_handle_t c);
esp_err_t rmt_transmit(rmt_channel_handle_t c, rmt_encoder_handle_t e, const void *data, size_t len,
                       const rmt_transmit_config_t *config);
esp_err_t rmt_tx_wait_all_done(rmt_channel_handle_t c, int ms);
esp_err_t rmt_receive(rmt_channel_handle_t c, void *buf, size_t len,
                      const rmt_receive_config_t *config);
esp_err_t rmt_rx_register_event_callbacks(rmt_channel_handle_t c,
                                          const rmt_rx_event_callbacks_t *cbs, void *ctx);

/* ---- sensors ---- */

typedef struct i2c_master_bus_t *i2c_master_bus_handle_t;
typedef struct i2c_master_dev_t *i2c_master_dev_handle_t;
typedef enum { I2C_CLK_SRC_DEFAULT } i2c_clock_source_t;
typedef enum { I2C_ADDR_BIT_LEN_7 } i2c_addr_bit_len_t;
typedef struct {
    int i2c_port;
    gpio_num_t sda_io_num;
    gpio_num_t scl_io_num;
    i2c_clock_source_t clk_source;
    uint8_t glitch_ignore_cnt;
    struct {
        uint32_t enable_internal_pullup : 1;
    } flags;
} i2c_master_bus_config_t;
typedef struct {
    i2c_addr_bit_len_t dev_addr_length;
    uint16_t device_address;
    uint32_t scl_speed_hz;
} i2c_device_config_t;
esp_err_t i2c_new_master_bus(const i2c_master_bus_config_t *config, i2c_master_bus_handle_t *out);
esp_err_t i2c_del_master_bus(i2c_master_bus_handle_t bus);
esp_err_t i2c_master_bus_add_device(i2c_master_bus_handle_t bus, const i2c_device_config_t *config,
                                    i2c_master_dev_handle_t *out);
esp_err_t i2c_master_bus_rm_device(i2c_master_dev_handle_t dev);
esp_err_t i2c_master_transmit(i2c_master_dev_handle_t dev, const uint8_t *data, size_t len, int ms);
esp_err_t i2c_master_receive(i2c_master_dev_handle_t dev, uint8_t *buf, size_t len, int ms);

typedef enum { ADC_UNIT_1, ADC_UNIT_2 } adc_unit_t;
typedef int adc_channel_t;
typedef enum { ADC_ATTEN_DB_11, ADC_ATTEN_DB_12 } adc_atten_t;
typedef enum { ADC_BITWIDTH_DEFAULT } adc_bitwidth_t;
typedef struct adc_oneshot_unit_ctx_t *adc_oneshot_unit_handle_t;
typedef struct adc_cali_scheme_t *adc_cali_handle_t;
typedef struct {
    adc_unit_t unit_id;
} adc_oneshot_unit_init_cfg_t;
typedef struct {
    adc_atten_t atten;
    adc_bitwidth_t bitwidth;
} adc_oneshot_chan_cfg_t;
typedef struct {
    adc_unit_t unit_id;
    adc_channel_t chan;
    adc_atten_t atten;
    adc_bitwidth_t bitwidth;
} adc_cali_curve_fitting_config_t;
typedef adc_cali_curve_fitting_config_t adc_cali_line_fitting_config_t;
esp_err_t adc_oneshot_new_unit(const adc_oneshot_unit_init_cfg_t *config,
                               adc_oneshot_unit_handle_t *out);
esp_err_t adc_oneshot_config_channel(adc_oneshot_unit_handle_t u, adc_channel_t channel,
                                     const adc_oneshot_chan_cfg_t *config);
esp_err_t adc_oneshot_io_to_channel(int pin, adc_unit_t *unit, adc_channel_t *channel);
esp_err_t adc_oneshot_get_calibrated_result(adc_oneshot_unit_handle_t u, adc_cali_handle_t cali,
                                            adc_channel_t channel, int *mv);
esp_err_t adc_cali_create_scheme_curve_fitting(const adc_cali_curve_fitting_config_t *config,
                                               adc_cali_handle_t *out);
esp_err_t adc_cali_delete_scheme_curve_fitting(adc_cali_handle_t h);
esp_err_t adc_cali_create_scheme_line_fitting(const adc_cali_line_fitting_config_t *config,
                                              adc_cali_handle_t *out);
esp_err_t adc_cali_delete_scheme_line_fitting(adc_cali_handle_t h);

typedef struct pcnt_unit_t *pcnt_unit_handle_t;
typedef struct pcnt_chan_t *pcnt_channel_handle_t;
typedef enum { PCNT_CHANNEL_EDGE_ACTION_HOLD, PCNT_CHANNEL_EDGE_ACTION_INCREASE } pcnt_edge_action_t;
typedef struct {
    int low_limit;
    int high_limit;
    struct {
        uint32_t accum_count : 1;
    } flags;
} pcnt_unit_config_t;
typedef struct {
    int edge_gpio_num;
    int level_gpio_num;
} pcnt_chan_config_t;
typedef struct {
    uint32_t max_glitch_ns;
} pcnt_glitch_filter_config_t;
esp_err_t pcnt_new_unit(const pcnt_unit_config_t *config, pcnt_unit_handle_t *out);
esp_err_t pcnt_del_unit(pcnt_unit_handle_t u);
esp_err_t pcnt_new_channel(pcnt_unit_handle_t u, const pcnt_chan_config_t *config,
                           pcnt_channel_handle_t *out);
esp_err_t pcnt_del_channel(pcnt_channel_handle_t c);
esp_err_t pcnt_channel_set_edge_action(pcnt_channel_handle_t c, pcnt_edge_action_t up,
                                       pcnt_edge_action_t down);
esp_err_t pcnt_unit_set_glitch_filter(pcnt_unit_handle_t u, const pcnt_glitch_filter_config_t *f);
esp_err_t pcnt_unit_add_watch_point(pcnt_unit_handle_t u, int count);
esp_err_t pcnt_unit_enable(pcnt_unit_handle_t u);
esp_err_t pcnt_unit_disable(pcnt_unit_handle_t u);
esp_err_t pcnt_unit_clear_count(pcnt_unit_handle_t u);
esp_err_t pcnt_unit_start(pcnt_unit_handle_t u);
esp_err_t pcnt_unit_stop(pcnt_unit_handle_t u);
esp_err_t pcnt_unit_get_count(pcnt_unit_handle_t u, int *out);

typedef struct temperature_sensor_obj_t *temperature_sensor_handle_t;
typedef struct {
    int range_min;
    int range_max;
} temperature_sensor_config_t;
#define TEMPERATURE_SENSOR_CONFIG_DEFAULT(min, max) {(min), (max)}
esp_err_t temperature_sensor_install(const temperature_sensor_config_t *config,
                                     temperature_sensor_handle_t *out);
esp_err_t temperature_sensor_enable(temperature_sensor_handle_t t);
esp_err_t temperature_sensor_get_celsius(temperature_sensor_handle_t t, float *out);

/* ---- the cable ---- */

typedef int uart_port_t;
bool uart_is_driver_installed(uart_port_t port);
esp_err_t uart_driver_install(uart_port_t port, int rx, int tx, int queue, QueueHandle_t *out,
                              int flags);
int uart_read_bytes(uart_port_t port, void *buf, uint32_t len, TickType_t ticks);
int uart_write_bytes(uart_port_t port, const void *data, size_t len);
typedef struct {
    uint32_t tx_buffer_size;
    uint32_t rx_buffer_size;
} usb_serial_jtag_driver_config_t;
esp_err_t usb_serial_jtag_driver_install(usb_serial_jtag_driver_config_t *config);
int usb_serial_jtag_read_bytes(void *buf, uint32_t len, TickType_t ticks);
int usb_serial_jtag_write_bytes(const void *data, size_t len, TickType_t ticks);

/* ---- HTTP and mDNS ---- */

typedef void *httpd_handle_t;
typedef struct {
    int method;
    size_t content_len;
} httpd_req_t;
typedef enum { HTTP_GET = 1, HTTP_POST = 3 } httpd_method_t;
typedef enum { HTTPD_404_NOT_FOUND } httpd_err_code_t;
typedef enum {
    HTTPD_WS_TYPE_BINARY = 2, HTTPD_WS_TYPE_CLOSE = 8, HTTPD_WS_TYPE_PONG = 10
} httpd_ws_type_t;
typedef struct {
    bool final;
    bool fragmented;
    httpd_ws_type_t type;
    uint8_t *payload;
    size_t len;
} httpd_ws_frame_t;
typedef struct {
    const char *uri;
    httpd_method_t method;
    esp_err_t (*handler)(httpd_req_t *req);
    bool is_websocket;
    const char *supported_subprotocol;
    esp_err_t (*ws_pre_handshake_cb)(httpd_req_t *req);
    esp_err_t (*ws_post_handshake_cb)(httpd_req_t *req);
} httpd_uri_t;
typedef struct {
    size_t stack_size;
    uint16_t server_port;
    uint16_t max_open_sockets;
    bool lru_purge_enable;
    uint16_t recv_wait_timeout;
    uint16_t send_wait_timeout;
    esp_err_t (*open_fn)(httpd_handle_t hd, int fd);
    void (*close_fn)(httpd_handle_t hd, int fd);
} httpd_config_t;
#define HTTPD_DEFAULT_CONFIG() {.server_port = 80}
#define HTTPD_RESP_USE_STRLEN (-1)
esp_err_t httpd_start(httpd_handle_t *out, const httpd_config_t *config);
esp_err_t httpd_register_uri_handler(httpd_handle_t hd, const httpd_uri_t *uri);
esp_err_t httpd_register_err_handler(httpd_handle_t hd, httpd_err_code_t error,
                                     esp_err_t (*handler)(httpd_req_t *, httpd_err_code_t));
int httpd_req_to_sockfd(httpd_req_t *req);
int httpd_req_recv(httpd_req_t *req, char *buf, size_t len);
size_t httpd_req_get_hdr_value_len(httpd_req_t *req, const char *field);
esp_err_t httpd_resp_send(httpd_req_t *req, const char *buf, ssize_t len);
esp_err_t httpd_resp_send_chunk(httpd_req_t *req, const char *buf, ssize_t len);
esp_err_t httpd_resp_send_err(httpd_req_t *req, httpd_err_code_t error, const char *text);
esp_err_t httpd_resp_set_status(httpd_req_t *req, const char *status);
esp_err_t httpd_resp_set_type(httpd_req_t *req, const char *type);
esp_err_t httpd_resp_set_hdr(httpd_req_t *req, const char *field, const char *value);
esp_err_t httpd_sess_trigger_close(httpd_handle_t hd, int fd);
esp_err_t httpd_queue_work(httpd_handle_t hd, void (*work)(void *), void *arg);
esp_err_t httpd_ws_recv_frame(httpd_req_t *req, httpd_ws_frame_t *frame, size_t most);
esp_err_t httpd_ws_send_frame(httpd_req_t *req, httpd_ws_frame_t *frame);
esp_err_t httpd_ws_send_frame_async(httpd_handle_t hd, int fd, httpd_ws_frame_t *frame);

typedef struct {
    const char *key;
    const char *value;
} mdns_txt_item_t;
esp_err_t mdns_init(void);
esp_err_t mdns_hostname_set(const char *name);
esp_err_t mdns_service_add(const char *instance, const char *type, const char *proto, uint16_t port,
                           mdns_txt_item_t txt[], size_t count);
esp_err_t mdns_service_txt_item_set(const char *type, const char *proto, const char *key,
                                    const char *value);

/* ---- the network ---- */

typedef const char *esp_event_base_t;
#define ESP_EVENT_DEFINE_BASE(id) static esp_event_base_t const id = #id
#define ESP_EVENT_ANY_ID (-1)
extern esp_event_base_t const WIFI_EVENT;
extern esp_event_base_t const IP_EVENT;
extern esp_event_base_t const ETH_EVENT;
enum { WIFI_EVENT_STA_START, WIFI_EVENT_STA_CONNECTED, WIFI_EVENT_STA_DISCONNECTED };
enum { IP_EVENT_STA_GOT_IP, IP_EVENT_STA_LOST_IP, IP_EVENT_ETH_GOT_IP };
enum { ETHERNET_EVENT_DISCONNECTED };
esp_err_t esp_event_loop_create_default(void);
esp_err_t esp_event_handler_register(esp_event_base_t base, int32_t id,
                                     void (*handler)(void *, esp_event_base_t, int32_t, void *),
                                     void *arg);
esp_err_t esp_event_post(esp_event_base_t base, int32_t id, const void *data, size_t len,
                         TickType_t ticks);

typedef struct esp_netif_obj esp_netif_t;
typedef struct {
    struct {
        uint32_t addr;
    } ip;
} esp_netif_ip_info_t;
typedef struct {
    const void *base;
} esp_netif_config_t;
#define ESP_NETIF_DEFAULT_ETH() {NULL}
esp_err_t esp_netif_init(void);
esp_netif_t *esp_netif_new(const esp_netif_config_t *config);
esp_err_t esp_netif_attach(esp_netif_t *netif, void *driver);
esp_err_t esp_netif_get_ip_info(esp_netif_t *netif, esp_netif_ip_info_t *out);
esp_netif_t *esp_netif_create_default_wifi_sta(void);
esp_netif_t *esp_netif_create_default_wifi_ap(void);

typedef enum { WIFI_MODE_STA = 1, WIFI_MODE_AP, WIFI_MODE_APSTA } wifi_mode_t;
typedef enum { WIFI_IF_STA, WIFI_IF_AP } wifi_interface_t;
typedef enum { WIFI_AUTH_OPEN, WIFI_AUTH_WPA2_PSK } wifi_auth_mode_t;
typedef enum { WIFI_FAST_SCAN, WIFI_ALL_CHANNEL_SCAN } wifi_scan_method_t;
typedef enum { WIFI_CONNECT_AP_BY_SIGNAL } wifi_sort_method_t;
typedef enum { WIFI_STORAGE_FLASH, WIFI_STORAGE_RAM } wifi_storage_t;
typedef enum { WIFI_PS_NONE } wifi_ps_type_t;
typedef union {
    struct {
        uint8_t ssid[32];
        uint8_t password[64];
        uint8_t ssid_len;
        uint8_t channel;
        wifi_auth_mode_t authmode;
        uint8_t max_connection;
    } ap;
    struct {
        uint8_t ssid[32];
        uint8_t password[64];
        wifi_scan_method_t scan_method;
        wifi_sort_method_t sort_method;
        struct {
            wifi_auth_mode_t authmode;
        } threshold;
    } sta;
} wifi_config_t;
typedef struct {
    int magic;
} wifi_init_config_t;
#define WIFI_INIT_CONFIG_DEFAULT() {0}
typedef struct {
    int8_t rssi;
} wifi_ap_record_t;
typedef struct {
    uint8_t reason;
} wifi_event_sta_disconnected_t;
esp_err_t esp_wifi_init(const wifi_init_config_t *config);
esp_err_t esp_wifi_set_storage(wifi_storage_t storage);
esp_err_t esp_wifi_set_mode(wifi_mode_t mode);
esp_err_t esp_wifi_set_config(wifi_interface_t i, wifi_config_t *config);
esp_err_t esp_wifi_start(void);
esp_err_t esp_wifi_connect(void);
esp_err_t esp_wifi_disconnect(void);
esp_err_t esp_wifi_set_ps(wifi_ps_type_t type);
esp_err_t esp_wifi_sta_get_ap_info(wifi_ap_record_t *out);

typedef struct esp_eth_mac_s esp_eth_mac_t;
typedef struct esp_eth_phy_s esp_eth_phy_t;
typedef void *esp_eth_handle_t;
typedef struct {
    int32_t phy_addr;
    uint32_t autonego_timeout_ms;
    int reset_gpio_num;
} eth_phy_config_t;
typedef struct {
    uint32_t flags;
} eth_mac_config_t;
typedef eth_mac_config_t eth_esp32_emac_config_t;
typedef struct {
    esp_eth_mac_t *mac;
    esp_eth_phy_t *phy;
} esp_eth_config_t;
#define ETH_PHY_DEFAULT_CONFIG() {.phy_addr = -1}
#define ETH_MAC_DEFAULT_CONFIG() {0}
#define ETH_ESP32_EMAC_DEFAULT_CONFIG() {0}
#define ETH_DEFAULT_CONFIG(m, p) {(m), (p)}
esp_eth_phy_t *esp_eth_phy_new_generic(const eth_phy_config_t *config);
esp_eth_phy_t *esp_eth_phy_new_lan87xx(const eth_phy_config_t *config);
esp_eth_phy_t *esp_eth_phy_new_dp83848(const eth_phy_config_t *config);
esp_eth_mac_t *esp_eth_mac_new_openeth(const eth_mac_config_t *config);
esp_eth_mac_t *esp_eth_mac_new_esp32(const eth_esp32_emac_config_t *emac,
                                     const eth_mac_config_t *config);
esp_err_t esp_eth_driver_install(const esp_eth_config_t *config, esp_eth_handle_t *out);
esp_err_t esp_eth_start(esp_eth_handle_t h);
void *esp_eth_new_netif_glue(esp_eth_handle_t h);

#endif
