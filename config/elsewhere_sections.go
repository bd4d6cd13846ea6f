package config

import (
	"fmt"
	"slices"
)

// meantSection is the section of the file for what other systems put at its top
// level, or why there is none.
func meantSection(theirs string) foreign {
	switch theirs {
	case "switch", "relay", "relays", "outlet", "outlets", "output", "outputs", "plug", "plugs", "fan", "fans", "siren", "sirens", "valve", "valves", "pump", "pumps":
		return foreign{key: "switches"}
	case "light", "lamp", "lamps", "led", "leds", "dimmer", "dimmers", "bulbs":
		return foreign{key: "lights"}
	case "binary_sensor", "binary_sensors", "contact", "reed", "reeds", "motion", "input", "inputs":
		return foreign{key: "contacts"}
	case "button", "input_button", "event", "events", "remote":
		return foreign{key: "buttons"}
	case "sensor", "thermometer", "thermometers", "temperature", "temperatures":
		return foreign{key: "sensors"}
	case "cover", "covers", "garage", "garage_door", "garagedoors", "gate", "gates", "door", "doors":
		return foreign{key: "garage_doors"}
	case "climate", "thermostat", "thermostats", "heater", "heating", "water_heater":
		return foreign{key: "heaters"}
	case "cooler", "cooling", "air_conditioner":
		return foreign{key: "coolers"}
	case "automation", "automations", "rule", "trigger", "triggers":
		return foreign{key: "rules"}
	case "scene":
		return foreign{key: "scenes"}
	case "person", "persons", "device_tracker", "presence", "residents":
		return foreign{key: "people"}
	case "alarm_control_panel", "alarms", "security":
		return foreign{key: "alarm"}
	case "area", "room", "rooms", "zone", "zones", "floors":
		return foreign{key: "areas"}
	case "user", "accounts", "auth":
		return foreign{key: "users"}
	case "board", "device", "devices", "node", "nodes", "chips":
		return foreign{key: "boards"}
	case "homeassistant", "house", "site":
		return foreign{key: "home"}
	case "test":
		return foreign{key: "tests"}
	}
	return foreign{say: needlessSection(theirs)}
}

// needlessSection says why there is no such section; "" if nobody knows the word.
func needlessSection(theirs string) string {
	switch theirs {
	case "name", "location", "timezone", "units":
		return fmt.Sprintf("this belongs to the house: put it under home, as in home: {%s: ...}", theirs)
	case "time_zone", "tz":
		return "this belongs to the house: write home: {timezone: Europe/Berlin}, with yours"
	case "latitude", "longitude":
		return "write home: {location: {latitude: 52.52, longitude: 13.40}}, with yours"
	case "esphome", "esp32", "esp8266", "substitutions", "packages", "external_components", "globals", "captive_portal", "improv_serial", "web_server", "preferences":
		return "delete it: boards have one firmware for all, and are configured by boards and the pins of entities"
	case "wifi", "ethernet", "api", "ota", "mdns", "network", "ssid":
		return "delete it: a board gets its Wi-Fi and its key with `hob provision`, and is found by itself"
	case "i2c":
		return "the bus belongs to its board: boards: {hall: {id: ..., chip: ..., i2c: {sda: 21, scl: 22}}}"
	case "dallas", "one_wire", "onewire":
		return "delete it: a ds18b20 under sensors names its own pin"
	case "logger", "recorder", "history", "logbook", "frontend", "default_config", "config", "http", "lovelace", "my", "mobile_app", "system_health", "energy":
		return "delete it: history, log and dashboard are there without being asked for"
	case "time", "sntp", "sun":
		return "delete it: the time is the server's, and the sun follows from home: {location: ...}"
	case "script", "scripts", "blueprint":
		return "there are no scripts: what happens together is a scene, what happens by itself a rule"
	case "template", "input_boolean", "input_number", "input_select", "input_text", "input_datetime", "counter", "helpers", "variables":
		return "there are no helpers: a rule asks the entities themselves, with {expr: \"bath.target < 18\"} where it must calculate"
	case "timer", "timers", "schedule", "schedules", "interval", "cron":
		return "write it as a rule: rules: {dusk: {when: {time: \"23:45\"}, do: [porch on]}}; a heater has its own schedule"
	case "group", "groups":
		return "there are no groups: what is switched together is a scene, what is in one room an area"
	case "notify", "tts", "notifications":
		return "where messages go is said by users: users: {anna: {role: admin, notify: [dashboard]}}"
	case "rest_command", "shell_command", "webhook":
		return "a rule calls a web service itself: do: [{webhook: \"https://hooks.example/house\"}]"
	case "mqtt", "zigbee", "zwave", "zha", "tasmota", "shelly", "hue", "homekit", "matter":
		return "delete it: this version knows only boards with its own firmware"
	case "secrets":
		return "secrets are in a file of their own, secrets.yaml, and are named by !secret"
	}
	return ""
}

// needless says why a key of other systems does not exist in a place; "" if nobody
// knows the word.
func needless(into any, theirs string) string {
	switch into.(type) {
	case *homeYAML:
		switch theirs {
		case "latitude", "longitude", "lat", "lon", "lng":
			return "write location: {latitude: 52.52, longitude: 13.40}, with yours"
		case "elevation", "country", "currency", "language":
			return "delete it: nothing here depends on it"
		}
		return ""
	case *ruleYAML:
		// Who writes is may mean a state as well, which is no matter of when.
		if theirs != "is" && slices.Contains(refinements(), theirs) {
			return fmt.Sprintf("it belongs into when, beside what is waited for: when: {..., %s: ...}", theirs)
		}
		switch theirs {
		case "id", "unique_id":
			return "delete it: the id is the key in front of the colon"
		case "else", "otherwise":
			return "put it into do: [{if: {...}, then: [...], else: [...]}]"
		case "max", "max_exceeded", "trace", "variables":
			return "delete it: there is nothing like it here"
		case "disabled":
			return "write enabled: false"
		case "entity_id", "platform", "service", "delay", "wait", "notify":
			return "this belongs into when (what it waits for), if (what has to hold) or do (what it does)"
		}
		return ""
	case *userYAML:
		if theirs == "password" || theirs == "pin" || theirs == "token" {
			return "delete it: passwords are not in the file"
		}
		return ""
	case *alarmYAML:
		if theirs == "delay" {
			return "write exit_delay, for the time to leave, or entry_delay, for the time to disarm"
		}
	case *lightYAML:
		switch theirs {
		case "type", "platform", "dimmable", "chipset":
			return "delete it: the key of the pin says how a light is driven: pin is on and off, pwm is dimmed, ws2812 a strip"
		}
	}
	return needlessOfEntity(theirs)
}

func needlessOfEntity(theirs string) string {
	switch theirs {
	case "id", "entity_id", "unique_id", "object_id":
		return "delete it: the id is the key in front of the colon"
	case "platform":
		return "delete it: the section says what it is"
	case "device_class", "state_class", "entity_category", "assumed_state", "optimistic":
		return "delete it: what it is and how it is shown follows from its section and its type"
	case "unit_of_measurement", "accuracy_decimals", "unit":
		return "delete it: the unit follows from what it is"
	case "filters", "lambda", "value_template", "state_topic", "command_topic", "on_turn_on", "on_turn_off", "on_state", "on_value", "internal":
		return "there is nothing like it here; what is to happen is written under rules"
	case "min_temp", "max_temp", "min_temperature", "max_temperature":
		return "write both ends as one: range: 5..25°C"
	case "target", "target_temp", "target_temperature", "setpoint", "temperature", "default_target_temperature_low", "away_temp", "eco_temp", "comfort_temp", "sleep_temp":
		return "targets are presets: {comfort: 21°C, sleep: 17°C}, and schedule says when each holds"
	case "brightness", "default_brightness":
		return "a brightness is what a scene or a rule asks for, such as stairs 40%"
	case "effects", "effect", "gamma_correct", "color_temperature", "color_temp":
		return "delete it: there is nothing like it here"
	case "humidity_sensor", "humidity":
		return "delete it: a sensor that measures humidity shows it beside its temperature"
	}
	return ""
}
