package config

// otherNames are our keys for what other systems call so, the likeliest first. Of
// them, the first that exists in the place is meant.
func otherNames(into any, theirs string) []string {
	switch into.(type) {
	case *ruleYAML:
		return ruleNames(theirs)
	case *boardYAML:
		return boardNames(theirs)
	case *homeYAML:
		return homeNames(theirs)
	case *userYAML:
		return userNames(theirs)
	case *alarmYAML:
		return alarmNames(theirs)
	case *locationYAML:
		return map[string][]string{"lat": {"latitude"}, "lon": {"longitude"}, "lng": {"longitude"}, "long": {"longitude"}}[theirs]
	}
	return entityNames(theirs)
}

func entityNames(theirs string) []string {
	switch theirs {
	case "friendly_name", "alias", "label", "title", "description", "display_name", "object_name":
		return []string{"name"}
	case "room", "zone", "area_id", "location", "suggested_area":
		return []string{"area"}
	case "gpio", "gpio_pin", "pin_number", "gpio_number", "output", "port", "io":
		return []string{"pin", "relay", "pwm"}
	case "pin", "switch", "heater", "cooler", "output_pin", "relay_pin", "actuator":
		return []string{"relay", "pin", "warn"}
	case "relay":
		return []string{"pin"}
	case "restore_mode", "restore", "restore_state", "power_on_state", "power_on_behavior", "poweronstate", "initial_state", "default_state", "startup", "on_boot":
		return []string{"boot"}
	case "pullup", "pull_up", "pullup_mode", "pull_mode", "mode", "pin_mode":
		return []string{"pull"}
	case "invert", "inverse", "inverted_logic", "invert_logic", "active_low", "reversed":
		return []string{"inverted"}
	case "auto_off", "autooff", "auto_off_delay", "turn_off_after", "timeout", "timer", "on_time", "switch_off_after":
		return []string{"off_after"}
	case "max_on_time", "max_runtime", "maximum_on", "max_duration":
		return []string{"max_on"}
	case "interlock_wait_time", "interlock_delay":
		return []string{"interlock_wait"}
	case "update_interval", "scan_interval", "interval", "poll_interval", "polling", "teleperiod":
		return []string{"every"}
	case "device_class", "type", "kind":
		return []string{"class"}
	case "unit_of_measurement", "units":
		return []string{"unit"}
	case "platform", "model", "sensor_type", "dht_type":
		return []string{"type"}
	case "i2c_address", "addr":
		return []string{"address"}
	case "calibration", "correction", "temperature_offset", "temp_offset":
		return []string{"offset"}
	}
	return partNames(theirs)
}

// partNames are those of lights, inputs, doors and thermostats.
func partNames(theirs string) []string {
	switch theirs {
	case "transition", "default_transition_length", "fade_time", "ramp", "dim_speed":
		return []string{"fade"}
	case "min_power", "min_dim", "dim_min", "brightness_min", "minimum_brightness":
		return []string{"min_brightness"}
	case "pwm_pin", "dimmer", "dimmer_pin":
		return []string{"pwm"}
	case "num_leds", "led_count", "leds", "pixels", "length":
		return []string{"count"}
	case "rgb_order", "color_order", "colour_order":
		return []string{"order"}
	case "data_pin", "neopixel", "led_pin":
		return []string{"ws2812", "pin"}
	case "debounce_time", "delayed_on", "delayed_on_off", "filter":
		return []string{"debounce"}
	case "on_press", "on_click", "single", "click", "single_click", "short_press", "single_press", "tap":
		return []string{"press"}
	case "on_double_click", "double_click", "double_press", "double_tap":
		return []string{"double"}
	case "on_hold", "long", "long_press", "long_click":
		return []string{"hold"}
	case "hold_time", "long_press_time", "holdtime":
		return []string{"hold_after"}
	case "open_sensor", "open_switch", "open_endstop", "open_contact", "opened_reed":
		return []string{"open_reed"}
	case "closed_sensor", "close_sensor", "closed_switch", "close_endstop", "close_reed", "closed_contact", "reed", "contact":
		return []string{"closed_reed"}
	case "travel_time", "open_duration", "close_duration", "duration", "max_duration":
		return []string{"travel", "for"}
	case "pulse_time", "pulse_length", "pulse_duration", "press_time":
		return []string{"pulse"}
	case "warning", "buzzer", "warn":
		return []string{"unattended_close"}
	case "target_sensor", "temperature_sensor", "thermometer", "current_temperature":
		return []string{"sensor"}
	case "tolerance", "cold_tolerance", "hot_tolerance", "deadband", "hot_deadband", "heat_deadband":
		return []string{"hysteresis"}
	case "min_cycle_duration", "min_heating_run_time", "min_cooling_run_time", "min_run_time":
		return []string{"min_on"}
	case "min_heating_off_time", "min_cooling_off_time", "min_off_time", "min_idle_time":
		return []string{"min_off"}
	case "window", "window_sensor", "window_sensors", "windows_sensor", "openings":
		return []string{"windows"}
	case "frost_protection", "antifreeze", "freeze_protection":
		return []string{"frost"}
	case "modes", "profiles":
		return []string{"presets"}
	case "program", "timetable", "schedules":
		return []string{"schedule"}
	}
	return nil
}

func ruleNames(theirs string) []string {
	switch theirs {
	case "alias", "friendly_name", "title", "description", "label":
		return []string{"name"}
	case "trigger", "triggers", "on", "event", "events", "at":
		return []string{"when"}
	case "condition", "conditions", "only_if", "while":
		return []string{"if"}
	case "action", "actions", "then", "sequence", "run", "perform":
		return []string{"do"}
	case "initial_state", "active":
		return []string{"enabled"}
	case "throttle", "rate_limit", "pause":
		return []string{"cooldown"}
	case "catch_up", "misfire":
		return []string{"missed"}
	}
	return nil
}

func boardNames(theirs string) []string {
	switch theirs {
	case "mac", "mac_address", "device_id", "node", "chip_id":
		return []string{"id"}
	case "type", "platform", "model", "board", "variant", "mcu", "framework":
		return []string{"chip"}
	case "ip", "host", "hostname", "ip_address", "url":
		return []string{"address"}
	case "led", "status", "led_pin":
		return []string{"status_led"}
	}
	return nil
}

func homeNames(theirs string) []string {
	switch theirs {
	case "title", "friendly_name":
		return []string{"name"}
	case "time_zone", "tz":
		return []string{"timezone"}
	case "unit_system", "unit", "temperature_unit":
		return []string{"units"}
	case "position", "coordinates", "place":
		return []string{"location"}
	}
	return nil
}

func userNames(theirs string) []string {
	switch theirs {
	case "friendly_name", "full_name", "title":
		return []string{"name"}
	case "group", "groups", "permissions", "rights", "type":
		return []string{"role"}
	case "area", "rooms", "room", "zones":
		return []string{"areas"}
	case "notifier", "notifications", "notification", "channels", "push", "email":
		return []string{"notify"}
	}
	return nil
}

func alarmNames(theirs string) []string {
	switch theirs {
	case "arming_time", "arming_delay", "leave_delay":
		return []string{"exit_delay"}
	case "delay_time", "pending_time", "pending_delay":
		return []string{"entry_delay"}
	case "sensors", "contacts", "zones", "binary_sensors":
		return []string{"watches"}
	case "pin", "password", "pincode", "codes":
		return []string{"code"}
	case "bell", "horn", "sounder", "output":
		return []string{"siren"}
	}
	return entityNames(theirs)
}
