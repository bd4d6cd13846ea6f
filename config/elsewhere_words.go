package config

import (
	"regexp"
	"strconv"
	"strings"
)

// otherWord is our word for a value as other systems write it, by the key that it
// stands under; "" if none is known. It is taken for granted nowhere: it is what a
// message suggests, and what a key by another name is read as.
func otherWord(key, theirs string) string {
	word := normalKey(theirs)
	switch key {
	case "boot":
		switch word {
		case "off", "false", "no", "n", "0", "always_off", "turn_off":
			return "off"
		case "true", "yes", "y", "1", "always_on", "turn_on":
			return "on"
		case "restored", "last", "previous", "last_state", "keep", "saved", "restore_default_off", "restore_default_on", "restore_and_call", "restore_and_on", "restore_and_off":
			return "restore"
		}
	case "pull":
		switch word {
		case "input_pullup", "pullup", "pull_up", "pull_up_down", "true", "yes", "on", "internal", "high":
			return "up"
		case "input_pulldown", "pulldown", "pull_down", "low":
			return "down"
		case "input", "floating", "false", "no", "off", "external":
			return "none"
		}
	case "inverted", "enabled":
		return truth(word)
	case "class":
		switch word {
		case "motion_sensor", "pir", "movement":
			return "motion"
		case "garage_door":
			return "garage"
		case "presence":
			return "occupancy"
		case "leak", "water", "moist", "flood":
			return "moisture"
		case "contact", "reed", "generic":
			return "opening"
		}
	case "type":
		return sensorWord(word)
	case "role":
		switch word {
		case "administrator", "owner", "root", "system_admin":
			return "admin"
		case "user", "users", "guest", "family", "system_users":
			return "member"
		case "tablet", "display", "viewer", "read_only":
			return "kiosk"
		}
	case "units":
		switch word {
		case "us_customary", "fahrenheit", "us", "f", "°f":
			return "imperial"
		case "celsius", "si", "c", "°c":
			return "metric"
		}
	case "chip":
		return chipWord(word)
	case "sun":
		switch word {
		case "below_horizon", "set", "night", "dark", "below":
			return "down"
		case "above_horizon", "risen", "day", "light", "above":
			return "up"
		}
	case "mode":
		if word == "parallel" {
			return "queued"
		}
	}
	return ""
}

func truth(word string) string {
	switch word {
	case "yes", "on", "y", "1", "true":
		return "true"
	case "no", "off", "n", "0", "false":
		return "false"
	}
	return ""
}

func sensorWord(word string) string {
	switch word {
	case "dallas", "dallas_temp", "one_wire", "ds18s20", "1wire":
		return "ds18b20"
	case "dht", "am2302", "dht_22", "dht21", "am2301":
		return "dht22"
	case "sht31", "sht3xd", "sht30", "sht35", "sht31d":
		return "sht3x"
	case "thermistor", "ntc10k":
		return "ntc"
	case "adc", "voltage", "potentiometer":
		return "analog"
	case "pulse_counter", "pulse_meter", "counter":
		return "pulse"
	}
	return ""
}

// chipWord knows the names of chips as other programs and makers of boards write
// them; an ESP8266 is none of them.
func chipWord(word string) string {
	tight := strings.ReplaceAll(word, "_", "")
	switch tight {
	case "esp32c3", "esp32s3", "esp32c6", "esp32s2":
		return tight
	case "esp32dev", "nodemcu32s", "esp32wroom32", "wroom32", "esp32wroom", "esp32devkit", "esp32devkitc", "lolin32", "espidf", "arduino":
		return "esp32"
	}
	return ""
}

var (
	shortDecimal = regexp.MustCompile(`^(-?)\.([0-9]{1,6})$`)
	separated    = regexp.MustCompile(`^-?[0-9]{1,3}(?:[_' ][0-9]{3})+(?:\.[0-9]+)?$`)
)

// plainNumber is a number without what other formats allow in one: exponents,
// separators of thousands, nothing in front of the point. "" if it is none.
func plainNumber(raw string) string {
	switch m := shortDecimal.FindStringSubmatch(raw); {
	case m != nil:
		return m[1] + "0." + m[2]
	case separated.MatchString(raw):
		return strings.NewReplacer("_", "", "'", "", " ", "").Replace(raw)
	case strings.ContainsAny(raw, "eE") && !strings.HasPrefix(strings.TrimPrefix(raw, "-"), "0x"):
		if x, err := strconv.ParseFloat(raw, 64); err == nil && x > -1e9 && x < 1e9 {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
	case strings.Count(raw, ",") == 1:
		if point := strings.Replace(raw, ",", ".", 1); fraction.MatchString(point) {
			return point
		}
	}
	return ""
}
