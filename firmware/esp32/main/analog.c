/*
 * Voltages by ADC1, in millivolts by the calibration that the factory left in the
 * chip, the mean of some samples. The ADC starts with the first reading: until
 * then the random generator may need it (board.c).
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_idf_version.h"
#include "sensors.h"
#include "soc/soc_caps.h"

#define SAMPLES 16
/* Up to about 3.1 V, or 2.5 V on the newer chips. The value is the same, its name is better now. */
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 1, 3)
#define ATTENUATION ADC_ATTEN_DB_12
#else
#define ATTENUATION ADC_ATTEN_DB_11
#endif
#define CHANNELS SOC_ADC_CHANNEL_NUM(0) /* of ADC1 */

static adc_oneshot_unit_handle_t unit;
static adc_cali_handle_t calibrations[CHANNELS];

static esp_err_t calibrate(adc_channel_t channel, adc_cali_handle_t *out)
{
#if ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED
    const adc_cali_curve_fitting_config_t config = {.unit_id = ADC_UNIT_1,
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 1, 1)
                                                    .chan = channel,
#endif
                                                    .atten = ATTENUATION,
                                                    .bitwidth = ADC_BITWIDTH_DEFAULT};
    (void)channel;
    return adc_cali_create_scheme_curve_fitting(&config, out);
#else
    const adc_cali_line_fitting_config_t config = {
        .unit_id = ADC_UNIT_1, .atten = ATTENUATION, .bitwidth = ADC_BITWIDTH_DEFAULT};
    (void)channel;
    return adc_cali_create_scheme_line_fitting(&config, out);
#endif
}

static void uncalibrate(adc_cali_handle_t handle)
{
#if ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED
    (void)adc_cali_delete_scheme_curve_fitting(handle);
#else
    (void)adc_cali_delete_scheme_line_fitting(handle);
#endif
}

static bool channel_of(uint8_t pin, adc_channel_t *channel)
{
    adc_unit_t in = ADC_UNIT_1;
    return adc_oneshot_io_to_channel(pin, &in, channel) == ESP_OK && in == ADC_UNIT_1 &&
           (int)*channel < CHANNELS;
}

int analog_open(uint8_t pin)
{
    adc_channel_t channel;
    return channel_of(pin, &channel) ? HOB_OK : HOB_ERR_ARG;
}

static esp_err_t start(adc_channel_t channel)
{
    const adc_oneshot_unit_init_cfg_t first = {.unit_id = ADC_UNIT_1};
    const adc_oneshot_chan_cfg_t config = {.atten = ATTENUATION, .bitwidth = ADC_BITWIDTH_DEFAULT};
    esp_err_t e = unit != NULL ? ESP_OK : adc_oneshot_new_unit(&first, &unit);
    if (e == ESP_OK)
        e = adc_oneshot_config_channel(unit, channel, &config);
    return e == ESP_OK ? calibrate(channel, &calibrations[channel]) : e;
}

void analog_close(uint8_t pin)
{
    adc_channel_t channel;
    if (!channel_of(pin, &channel) || calibrations[channel] == NULL)
        return;
    uncalibrate(calibrations[channel]);
    calibrations[channel] = NULL;
}

int analog_read(uint8_t pin, uint8_t *buf)
{
    adc_channel_t channel;
    int sum = 0;
    if (!channel_of(pin, &channel))
        return HOB_ERR_ARG;
    if (calibrations[channel] == NULL && start(channel) != ESP_OK) {
        calibrations[channel] = NULL;
        return HOB_ERR_STATE;
    }
    for (int i = 0; i < SAMPLES; i++) {
        int mv = 0;
        if (adc_oneshot_get_calibrated_result(unit, calibrations[channel], channel, &mv) != ESP_OK)
            return HOB_ERR_STATE;
        sum += mv;
    }
    unsigned mean = (unsigned)(sum > 0 ? sum : 0) / SAMPLES;
    buf[0] = (uint8_t)mean;
    buf[1] = (uint8_t)(mean >> 8);
    return 2;
}
