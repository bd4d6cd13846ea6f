package config

import (
	"fmt"

	"hob/internal/diag"
	"hob/internal/entity"
)

// lightYAML is a light on one pin. Which of pin, pwm and ws2812 names the pin
// says how it is driven.
type lightYAML struct {
	outputYAML
	Pin           pin      `yaml:"pin" example:"hall/23" doc:"The pin of a lamp that is only on or off."`
	PWM           pin      `yaml:"pwm" example:"hall/19" doc:"The pin of a lamp that is dimmed."`
	WS2812        pin      `yaml:"ws2812" example:"hall/18" doc:"The data pin of a strip of WS2812 LEDs."`
	Fade          duration `yaml:"fade" min:"0s" max:"1m" unit:"ms" example:"400ms" default:"0s" doc:"How long it takes from one brightness to the next."`
	MinBrightness percent  `yaml:"min_brightness" example:"4%" default:"none" doc:"The lowest brightness above off, where the lamp begins to glow."`
	Count         whole    `yaml:"count" min:"1" max:"1024" example:"60" doc:"How many LEDs a strip has."`
	Order         choice   `yaml:"order" oneof:"rgb rbg grb gbr brg bgr" example:"rgb" default:"grb" doc:"The order of a strip's colours."`
}

func (y *lightYAML) kind() entity.Kind   { return entity.KindLight }
func (y *lightYAML) common() *commonYAML { return &y.commonYAML }
func (y *lightYAML) driven() *outputYAML { return &y.outputYAML }

// drive is how the light is driven and by which pin; nil if none is given.
func (y *lightYAML) drive() (entity.Drive, *pin) {
	switch {
	case y.WS2812.given:
		return entity.DriveWS2812, &y.WS2812
	case y.PWM.given:
		return entity.DrivePWM, &y.PWM
	case y.Pin.given:
		return entity.DrivePin, &y.Pin
	}
	return "", nil
}

func (y *lightYAML) check(at value) {
	given := y.givenPins()
	switch {
	case len(given) == 0:
		at.r.errorAt(at.keySpan(), problem{
			code:       diag.MissingKey,
			message:    at.label() + ` needs a pin: one of the keys "pin", "pwm" or "ws2812"`,
			suggestion: "add pwm: board/number for brightness, pin: board/number for on and off only",
		})
		return
	case len(given) > 1:
		for _, p := range given {
			p.at.r.errorAt(p.at.keySpan(), problem{
				code:       diag.KeyConflict,
				message:    fmt.Sprintf(`%s can have only one of "pin", "pwm" and "ws2812"`, at.label()),
				suggestion: "keep the one that says how the light is driven",
			})
		}
		return
	}
	y.checkOptions(at)
}

func (y *lightYAML) givenPins() []*pin {
	var given []*pin
	for _, p := range []*pin{&y.Pin, &y.PWM, &y.WS2812} {
		if p.given {
			given = append(given, p)
		}
	}
	return given
}

// checkOptions reports what a light of this drive cannot do.
func (y *lightYAML) checkOptions(at value) {
	drive, _ := y.drive()
	if drive == entity.DriveWS2812 && !y.Count.given {
		missingKey(at, member{name: "count", tags: `example:"60"`})
	}
	type option struct {
		slot
		needs string
		fits  bool
	}
	dims := drive != entity.DrivePin
	for _, o := range []option{
		{y.Fade.slot, `"pwm" or "ws2812"`, dims},
		{y.MinBrightness.slot, `"pwm" or "ws2812"`, dims},
		{y.Count.slot, `"ws2812"`, drive == entity.DriveWS2812},
		{y.Order.slot, `"ws2812"`, drive == entity.DriveWS2812},
		{y.Inverted.slot, `"pin" or "pwm"`, drive != entity.DriveWS2812},
	} {
		if o.given && !o.fits {
			o.at.r.errorAt(o.at.keySpan(), problem{
				code:       diag.NotApplied,
				message:    fmt.Sprintf("%s has no effect on a light driven by %q", o.at.label(), drive),
				suggestion: "delete it, or drive the light by " + o.needs,
			})
		}
	}
}

func (y *lightYAML) pins() []pinUse {
	given := y.givenPins()
	if len(given) != 1 {
		return nil // reported by check
	}
	drive, p := y.drive()
	channel := map[entity.Drive]channel{
		entity.DrivePin: plainOutput, entity.DrivePWM: pwmChannel, entity.DriveWS2812: stripChannel,
	}[drive]
	return []pinUse{{pin: p, drives: true, channel: channel}}
}

func (y *lightYAML) spec() entity.Spec {
	drive, p := y.drive()
	light := &entity.Light{
		Output: y.output(p), Drive: drive, Fade: y.Fade.value, MinBrightness: y.MinBrightness.value,
	}
	if drive == entity.DriveWS2812 {
		light.Count, light.Order = y.Count.value, y.Order.value
		if light.Order == "" {
			light.Order = "grb"
		}
	}
	return light
}
